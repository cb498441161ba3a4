from collections import defaultdict
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Command

from ...checks import find_existing

# Kinds that are shown though nothing changes: where the chain of documents ends.
STAY = ("bank",)


@dataclass
class Watch:
    """How documents and books stood before reversals were carried out.

    :param langs: codes of the languages in which people read it
    :param affected: {reversal: {model: ids}}
    :param before: {(lang, model, id): label}
    :param names: {(model, id): name}
    :param kinds: {(model, id): kind of document}
    :param origins: {(model, id): keys of the documents that it came from}
    :param books: see `order.reversal._open_books`
    """

    langs: list
    affected: dict
    before: dict
    names: dict
    kinds: dict
    origins: dict
    books: dict


class OrderReversal(models.Model):
    """Which documents change, acted on or not, and how each stands before and after."""

    _inherit = "order.reversal"

    effect_ids = fields.One2many(
        "order.reversal.effect", "reversal_id", readonly=True, copy=False
    )
    effect_text = fields.Char(
        "Effect in Brief",
        compute="_compute_effect_text",
        help="What becomes of the documents, in one line.",
    )

    @api.depends("effect_ids.after")
    @api.depends_context("lang")
    def _compute_effect_text(self):
        for reversal in self:
            reversal.effect_text = " · ".join(
                f"{effect.res_name}: {effect.after}"
                for effect in reversal.effect_ids
                if effect.after != effect.before
            )

    def _start_watch(self, langs=None):
        """Note how all stands that these planned reversals may change.

        :param langs: codes of languages, by default the one of the user
        :return: Watch
        """
        # sudo: names and states alone, of documents that the plan read as sudo, too.
        # Whoever asks has to know which other documents his request changes.
        affected = self.sudo()._find_affected()
        langs = langs or [self.env.lang or "en_US"]
        watch = Watch(langs, affected, {}, {}, {}, {}, self._open_books(affected))
        ids = defaultdict(set)
        for of_reversal in affected.values():
            for model, of_model in of_reversal.items():
                ids[model].update(of_model)
        watch.before = self._read_labels(ids, watch)
        return watch

    def _find_affected(self):
        """{reversal: {model: ids}} of the documents that may change."""
        steps = self.step_ids
        shared = {
            model: tuple(set(of_model.mapped("res_id")))
            for model, of_model in steps.browse(steps.ids).grouped("res_model").items()
        }
        return {
            reversal: {
                model: tuple(records._ids)
                for model, records in reversal._get_affected(shared).items()
                if records
                and isinstance(records, self.env.registry["order.reversal.mixin"])
            }
            for reversal in self
        }

    def _get_affected(self, shared):
        """Documents that this reversal may change; override point.

        The ones of its steps; invoices that its payments settle, too; the orders on all
        of these invoices; and the bank entries that its payments are matched with.

        :param dict shared: {model: ids} of many reversals, to be read together
        :return: {model: records}
        """
        self.ensure_one()
        found = defaultdict(lambda: self.env["base"])
        for model in ("sale.order", "account.move", "account.payment"):
            found[model] = self.env[model]
        released = set()
        for model, steps in self.step_ids.grouped("res_model").items():
            records = steps._get_document().with_prefetch(shared.get(model))
            found[model] = records
            released.update(release.invoice_id for release in steps._get_releases())
        if root := self._get_root():
            found[root._name] |= root
        acted = found["account.move"]
        paid = found["account.payment"]._reversal_get_invoices()
        counterparts = acted._reversal_counterparts().move_id
        found["account.move"] |= acted.browse(released) | paid
        found["account.move"] |= counterparts.filtered(
            lambda move: move.is_invoice(include_receipts=True)
        )
        found["account.payment"] |= counterparts.origin_payment_id
        found["account.move"] |= (
            found["account.payment"]._reversal_statement_lines().move_id
        )
        found["sale.order"] |= found["account.move"].line_ids.sale_line_ids.order_id
        return found

    def _read_labels(self, ids, watch):
        """How documents stand now; their names and origins are added to `watch`.

        :param dict ids: {model: ids}
        :return: {(lang, model, id): label}
        """
        labels = {}
        existing = find_existing(self.env, ids)
        for model in ids:
            # sudo: see `_start_watch`.
            records = self.env[model].sudo().browse(existing[model])
            for lang in watch.langs:
                for record in records.with_context(lang=lang):
                    labels[lang, model, record.id] = record._reversal_label()
            for record in records:
                key = (model, record.id)
                if key not in watch.names:
                    watch.names[key] = record._reversal_name()
                    watch.kinds[key] = record._reversal_kind()
                    watch.origins[key] = record._reversal_origin_keys()
        return labels

    def _end_watch(self, watch):
        """What became of all that was watched.

        :return: {reversal: {lang: list of effects, as `rehearse` returns them}}
        """
        ids = defaultdict(set)
        made = {}
        mixin = self.env.registry["order.reversal.mixin"]
        for reversal in watch.affected:
            for model, of_model in watch.affected[reversal].items():
                ids[model].update(of_model)
            made[reversal] = {
                (step.result_model, step.result_id)
                for step in reversal.step_ids
                if step.result_id
                and isinstance(self.env[step.result_model], mixin)
                and step.result_id
                not in watch.affected[reversal].get(step.result_model, ())
            }
            for model, record_id in made[reversal]:
                ids[model].add(record_id)
        after = self._read_labels(ids, watch)
        return {
            reversal: {
                lang: reversal._get_effects(watch, lang, after, made[reversal])
                for lang in watch.langs
            }
            for reversal in watch.affected
        }

    def _get_effects(self, watch, lang, after, made):
        """Effects of one reversal in one language, in the order of a chain."""
        deleted = self.with_context(lang=lang).env._("Deleted")
        acted = {
            target
            for step in self.step_ids
            for target in (
                (step.res_model, step.res_id),
                (step.result_model, step.result_id),
            )
        }
        keys = [
            (model, record_id)
            for model, of_model in watch.affected[self].items()
            for record_id in of_model
        ] + sorted(made)
        effects = []
        for model, record_id in keys:
            key = (lang, model, record_id)
            new = (model, record_id) in made
            # A document that others made in the same run was not there before.
            before = "" if new else watch.before.get(key, "")
            now = after.get(key, deleted)
            shown = (model, record_id) in acted or watch.kinds[model, record_id] in STAY
            if before != now or shown:
                effects.append(
                    {
                        "res_model": model,
                        "res_id": record_id,
                        "res_name": watch.names[model, record_id],
                        "before": before,
                        "after": now,
                        "acted": new or (model, record_id) in acted,
                        "kind": watch.kinds[model, record_id],
                        "key": f"{model},{record_id}",
                        "origins": watch.origins[model, record_id],
                    }
                )
        shown = {effect["key"] for effect in effects}
        for effect in effects:
            effect["origins"] = [key for key in effect["origins"] if key in shown]
        return effects

    def _store_effects(self, effects):
        """Keep effects on their reversals, in every language that they were read in.

        :param dict effects: see `_end_watch`
        """
        own = self.env.lang or "en_US"
        clear = self._engine_env(self).filtered("effect_ids")
        clear.write({"effect_ids": [Command.clear()]})
        texts = [effects[reversal] for reversal in self]
        usual = own if all(own in by_lang for by_lang in texts) else None
        values_list = [
            {**effect, "reversal_id": reversal.id, "sequence": sequence}
            for reversal, by_lang in zip(self, texts, strict=True)
            for sequence, effect in enumerate(by_lang[usual or next(iter(by_lang))])
        ]
        records = self._engine_env(self.effect_ids).create(values_list)
        for lang in {lang for by_lang in texts for lang in by_lang} - {usual}:
            translated = [effect for by_lang in texts for effect in by_lang[lang]]
            for record, effect in zip(records, translated, strict=True):
                record.with_context(lang=lang).write(
                    {"before": effect["before"], "after": effect["after"]}
                )

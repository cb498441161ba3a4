import json

from odoo import models

from ...const import CREDIT_TYPES, PAYMENT_IN_FORCE
from ...plan import frozen

# What a restored document must agree on with the image taken before the reversal.
RESTORED = ("state", "locked", "amount_total", "amount_residual", "payment_state")


class OrderReversal(models.Model):
    """What a restore must bring back, or nothing is kept of it."""

    _inherit = "order.reversal"

    def _is_restored(self, record, name, before, now):
        """Whether a value is what it was, but for what is the business of others.

        A payment is “paid” or still “in process” by what else it settles, and another
        part of an invoice may have been paid or taken back meanwhile.
        """
        if json.dumps(before) == json.dumps(now):
            return True
        if record._name == "account.payment" and name == "state":
            return before in PAYMENT_IN_FORCE and now in PAYMENT_IN_FORCE
        if record._name == "account.move" and name in (
            "amount_residual",
            "payment_state",
        ):
            since = self._get_matched_since(record)
            if record.currency_id.is_zero(since):
                return False
            return name == "payment_state" or not record.currency_id.compare_amounts(
                now + since, before
            )
        return False

    def _get_matched_since(self, move):
        """What others matched with an invoice since the before-image, less what of it
        went: credit notes that are cancelled by now, and what they took off it.

        :return: float, in the currency of the invoice
        """
        owed = move.line_ids.filtered(
            lambda line: line.account_type in ("asset_receivable", "liability_payable")
        )
        rows = self._image_rows("account_partial_reconcile")
        known = {(row["debit_move_id"], row["credit_move_id"]) for row in rows}
        withdrawn = self._get_withdrawn(set().union(*known))
        # What a later reversal took off comes back with that one, and not before.
        taken = self._get_taken_matches(rows) | self._get_later_matches()
        there = {
            (partial.debit_move_id.id, partial.credit_move_id.id)
            for partial in owed.matched_debit_ids | owed.matched_credit_ids
        }
        total = 0.0
        for row in rows:
            pair = (row["debit_move_id"], row["credit_move_id"])
            gone = row["id"] not in taken and pair not in there
            for side, own, other in (("debit", *pair), ("credit", *reversed(pair))):
                if own in owed._ids and (gone or other in withdrawn._ids):
                    total -= row[f"{side}_amount_currency"]
        for side, partials in (
            ("debit", owed.matched_credit_ids),
            ("credit", owed.matched_debit_ids),
        ):
            for partial in partials:
                if (partial.debit_move_id.id, partial.credit_move_id.id) not in known:
                    total += partial[f"{side}_amount_currency"]
        return total

    def _get_withdrawn(self, item_ids):
        """Which journal items belong to credit notes that are in force no more."""
        # sudo: the state alone, of what was matched with the reversal's documents.
        items = self.env["account.move.line"].sudo().browse(item_ids).exists()
        return items.filtered(
            lambda item: item.move_id.move_type in CREDIT_TYPES
            and item.parent_state != "posted"
        )

    def _find_unrestored(self):
        """What of the documents of a restore is not what it was.

        :return: list of str
        """
        self.ensure_one()
        # sudo: reads for a check what the plan read as sudo, too.
        origin = self.restores_id.sudo()
        problems = [
            problem
            for step in origin.step_ids
            if step.res_model == "account.move" and step.operation in ("credit", "void")
            for problem in step._get_document()._reversal_restored_problems(step)
        ]
        others = origin._get_restored_since()
        for key, before in origin.fingerprint_data["documents"].items():
            model, record_id = frozen.parse_key(key)
            if (model, record_id) in others:
                continue
            record = origin.env[model].browse(record_id).exists()
            problems += origin._compare_with_image(record, before)
        return problems + origin._find_unmatched() + origin._compare_ledger()

    def _find_unmatched(self):
        """Invoices that what was taken off them does not settle again: list of str.

        They may have been paid or credited otherwise since; the balances are the same
        then, but what was released stays open.
        """
        wanted = {}
        for release in self.step_ids._get_releases():
            if release.line_id and release.counterpart_id:
                of_item = wanted.setdefault(release.line_id, [0.0, set()])
                of_item[0] += release.taken
                of_item[1].add(release.counterpart_id)
        items = self.env["account.move.line"]
        problems = []
        for item, (amount, others) in wanted.items():
            item = items.browse(item).exists()
            matched = sum(
                partial.debit_amount_currency
                for partial in item.matched_credit_ids
                if partial.credit_move_id.id in others
            ) + sum(
                partial.credit_amount_currency
                for partial in item.matched_debit_ids
                if partial.debit_move_id.id in others
            )
            if item and item.currency_id.compare_amounts(matched, amount) < 0:
                problems.append(
                    self.env._(
                        "%(document)s would not be settled by %(others)s again: it was "
                        "paid or credited otherwise since",
                        document=item.move_id.display_name,
                        others=", ".join(
                            items.browse(sorted(others)).move_id.mapped("display_name")
                        ),
                    )
                )
        return problems

    def _compare_with_image(self, record, before):
        """How a document differs from what it was: list of str.

        :param record: the document, empty if it was deleted
        :param dict before: its values in the frozen plan
        """
        now = record._reversal_fingerprint() if record else {}
        return [
            self.env._(
                "%(document)s: %(field)s would be %(now)s instead of %(before)s",
                document=before["name"],
                field=record._fields[name]._description_string(self.env)
                if name in record._fields
                else name,
                now=now.get(name),
                before=before[name],
            )
            for name in RESTORED
            if name in before
            and not self._is_restored(record, name, before[name], now.get(name))
        ]

    def _get_failure_words(self):
        """Override: what to say of a restore that would not be exact."""
        origins = self.restores_id
        if not origins:
            return super()._get_failure_words()
        return (
            self.env._(
                "The order could not be settled again exactly as it was, so nothing "
                "was changed:"
            ),
            origins[0]._get_next_of_unrestored(),
        )

    def _get_next_of_unrestored(self):
        """What to do about it: which reversals since have to go first, and who may."""
        # sudo: names of reversals of others, as in `_find_movers`.
        movers = self.browse(other.id for other in self._find_movers()).sudo()
        text, who = self._get_next_of_movers(movers._last_first())
        if text:
            return f"{text} {who}"
        return self.env._("Settle it by hand, or create a new order.")

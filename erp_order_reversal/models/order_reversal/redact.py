import json

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...proof import image as proof
from ...proof import verify_log

# Steps and effects whose document has to do with these partners.
RELATED = """
    SELECT id FROM order_reversal WHERE partner_id = ANY(%(partners)s)
     UNION
    SELECT document.reversal_id
      FROM (SELECT reversal_id, res_model, res_id FROM order_reversal_step
             UNION ALL
            SELECT reversal_id, res_model, res_id FROM order_reversal_effect) document
     WHERE document.res_model = 'sale.order' AND document.res_id IN (
               SELECT id FROM sale_order
                WHERE partner_id = ANY(%(partners)s)
                   OR partner_invoice_id = ANY(%(partners)s)
                   OR partner_shipping_id = ANY(%(partners)s))
        OR document.res_model = 'account.move' AND document.res_id IN (
               SELECT id FROM account_move
                WHERE partner_id = ANY(%(partners)s)
                   OR partner_shipping_id = ANY(%(partners)s)
                   OR commercial_partner_id = ANY(%(partners)s))
        OR document.res_model = 'account.payment' AND document.res_id IN (
               SELECT id FROM account_payment WHERE partner_id = ANY(%(partners)s))
"""
# Texts beside the image in which a person's name can stand: {model: fields}
TEXTS = {
    "order.reversal.step": ("res_name", "result_name", "outcome", "why", "data"),
    "order.reversal.finding": ("message", "remedy", "res_name"),
    "order.reversal.effect": ("res_name", "before", "after"),
    "order.reversal.file": ("res_name",),
}
NAMES = ("name", "complete_name", "email", "phone", "vat", "street")
# What a shorter one would take with it is more than the person's name.
SHORTEST = 4
REMOVED = "•••"


class OrderReversal(models.Model):
    """Personal data is taken out of the evidence, and what is left stays proven.

    In the image, each text is sealed: a hash of the text and a salt of its own stands
    in its place, whose own hash the row “Done” has had from the start. To remove a text
    is to forget it and its salt. So nothing else can be changed along with it, and the
    row “redacted” says which ones are gone, by whom and why. An image from before there
    were seals is sealed when something is first removed; that row has its hash.
    """

    _inherit = "order.reversal"

    @api.model
    def _redact(self, partner, reason):
        """Remove what tells of a person from the evidence of all reversals.

        Of the partner's contacts, too. The documents themselves are the host's, and so
        is the partner.

        :param partner: `res.partner`
        :param str reason: why; it is recorded
        :raise AccessError: no reversal manager
        :raise UserError: no reason
        :return: (the reversals, how many others of other companies there are)
        """
        self._check_may_redact()
        if not reason.strip():
            raise self._error(
                self.env._(
                    "Say why personal data is removed (a request of the person, the "
                    "end of a period): it is recorded, and can't be added later."
                )
            )
        # sudo: archived contacts and those of other salespersons belong to the person.
        family = partner.sudo().with_context(active_test=False)
        family = family.search([("id", "child_of", partner.ids)])
        found = self._find_related(family)
        own = found._filtered_access("write").sudo()
        names = self._get_names(family)
        done = self.browse()
        for reversal in own:
            if reversal._redact_one(family, names, reason.strip()):
                done |= reversal
        return done.sudo(False), len(found - own)

    def _check_may_redact(self):
        if not self.env.user.has_group("erp_order_reversal.group_reversal_manager"):
            raise AccessError(
                self.env._(
                    "Only a reversal manager may remove personal data from the "
                    "evidence of reversals. Ask one of the managers."
                )
            )

    @api.model
    def _find_related(self, partners):
        """Reversals that were carried out, of documents of these partners."""
        self.env.flush_all()
        rows = self.env.execute_query(SQL(RELATED, partners=partners.ids))
        # sudo: that there are some is said; what may be changed is looked at later.
        found = self.sudo().search(
            [
                ("id", "in", [row[0] for row in rows]),
                ("state", "in", ("done", "undone")),
            ]
        )
        return found.sudo(False)

    @api.model
    def _get_names(self, partners):
        """What the partners are called now, the longest first."""
        values = {partner[name] for partner in partners for name in NAMES}
        return {value for value in values if value and len(value) >= SHORTEST}

    def _redact_one(self, partners, names, reason):
        """:return: bool, whether there was something to remove"""
        self.ensure_one()
        detail = {"reason": reason, "partner_id": partners[:1].id}
        image, openings = self._open_sealed()
        rows = self._find_rows(image, set(partners.ids))
        names = names | self._find_old_names(image, rows, openings)
        removed = self._find_removed(image, openings, rows, names, partners)
        files = self._remove_files(rows.get("account_move", {}))
        swept = self._sweep_texts(names, set(partners.ids))
        if not (removed or files or swept):
            return False
        if removed:
            root = verify_log.digest(verify_log.canonical(image))
            left = {key: val for key, val in openings.items() if key not in removed}
            self._engine_env(self).snapshot = proof.to_text(image, left)
            detail |= {
                "removed": sorted(removed),
                "places": sorted(set(removed.values())),
                "sealed_sha256": root,
                "snapshot_sha256": self.snapshot_hash,
            }
        entry = {"event": "redacted", "reversal": self, "record": self}
        detail |= {"files": files, "texts": swept}
        self.env["order.reversal.log"].sudo(False)._record(
            [{**entry, "detail": detail}]
        )
        return True

    def _open_sealed(self):
        """The sealed image, and what opens it: sealed now, if it is not yet."""
        value = json.loads(self._get_image_text())
        if verify_log.is_sealed(value):
            return value["image"], value["open"]
        # One of the first version has no salt, so that its hash as a whole stays one
        # that can be tried out: nothing can be done about that.
        image = value if value.get("salt") else {**value, "salt": proof.new_salt()}
        return proof.seal(image, self._find_personal(image))

    @api.model
    def _find_rows(self, image, partner_ids):
        """Which rows of the image have to do with these partners.

        By themselves, or as lines of a document that has.

        :return: {table: {index of the row: its id}}
        """
        tables = image.get("tables", {})
        models_of_image = self._get_image_models()
        found = {table: {} for table in tables}
        for _round in range(2):
            ids = {
                models_of_image[table]._name: set(rows.values())
                for table, rows in found.items()
                if table in models_of_image
            }
            ids["res.partner"] = partner_ids
            for table, rows in tables.items():
                model = models_of_image.get(table)
                links = {
                    name: ids[field.comodel_name]
                    for name, field in (
                        model._fields.items() if model is not None else ()
                    )
                    if field.type == "many2one" and field.comodel_name in ids
                }
                for index, row in enumerate(rows):
                    if any(row.get(name) in of for name, of in links.items()):
                        found[table][index] = row.get("id")
        return found

    @api.model
    def _find_old_names(self, image, rows, openings):
        """What these partners were called on their documents, and their references.

        The host shows a reference in brackets behind the number of an invoice.
        """
        found = set()
        for table, column, pattern in (
            ("account_move", "invoice_partner_display_name", "%s"),
            ("account_move", "ref", "(%s)"),
            ("sale_order", "client_order_ref", "(%s)"),
        ):
            for index in rows.get(table, {}):
                value = image["tables"][table][index].get(column)
                opening = openings.get(proof.get_commitment(value))
                if opening and len(opening[1]) >= SHORTEST:
                    found.add(pattern % opening[1])
        return found

    @api.model
    def _find_removed(self, image, openings, rows, names, partners):
        """Sealed values to remove: {commitment: where it stood, for a person}

        All texts of the rows found, and whatever names one of them elsewhere.
        """
        removed = {}
        for table, indexes in rows.items():
            for index, record_id in indexes.items():
                for column, value in image["tables"][table][index].items():
                    key = proof.get_commitment(value)
                    if key in openings:
                        removed[key] = f"{table} {record_id} {column}"
        for part, of_part in (image.get("shown") or {}).items():
            for row in of_part:
                if row.get("partner_id") in partners.ids:
                    key = proof.get_commitment(row.get("partner"))
                    if key in openings:
                        removed[key] = f"shown {part}"
        for key, (_salt, value) in openings.items():
            text = value if isinstance(value, str) else json.dumps(value)
            if key not in removed and any(name in text for name in names):
                removed[key] = "a name in another text"
        salt = proof.get_commitment(image.get("salt"))
        if removed and salt in openings:
            # With it, the salts of all values could be computed.
            removed[salt] = "salt"
        return removed

    def _remove_files(self, moves):
        """Remove the kept files of these documents.

        :param dict moves: {index: id of `account.move`}
        :return: list of str, their hashes
        """
        files = self.file_ids.filtered(
            lambda file: file.kept
            and file.res_model == "account.move"
            and file.res_id in moves.values()
        )
        return self._engine_env(files)._remove_contents()

    def _sweep_texts(self, names, partner_ids):
        """Replace names in what is stored beside the image.

        :return: int, how many texts changed
        """
        count = 0
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        for name, columns in TEXTS.items():
            # sudo: all that the reversal holds, whatever of it a manager may read.
            records = self.env[name].sudo().search([("reversal_id", "=", self.id)])
            for lang in langs:
                for record in self._engine_env(records).with_context(lang=lang):
                    values = {
                        column: _sweep(record[column], names)
                        for column in columns
                        if _sweep(record[column], names) != record[column]
                    }
                    if values:
                        record.write(values)
                        count += len(values)
        for column in ("impact", "shown", "fingerprint_data"):
            value = _sweep(self[column], names, partner_ids)
            if value != self[column]:
                self._engine_env(self)[column] = value
                count += 1
        return count


def _sweep(value, names, partner_ids=frozenset()):
    """A JSON value without these names, nor what these partners were called."""
    if isinstance(value, dict):
        value = {key: _sweep(item, names, partner_ids) for key, item in value.items()}
        if value.get("partner_id") in partner_ids and "partner" in value:
            value["partner"] = REMOVED
        return value
    if isinstance(value, list):
        return [_sweep(item, names, partner_ids) for item in value]
    if isinstance(value, str):
        for name in sorted(names, key=len, reverse=True):
            value = value.replace(name, REMOVED)
    return value

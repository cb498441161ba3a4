import json
import re
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...checks import check_one, still_existing
from ...plan import frozen
from ...proof import image as proof
from ...proof import verify_log

# Columns that open something: the portal page of an order, a stored card, an account.
SECRET = re.compile(r"token|secret|passw|api_?key|private_key", re.IGNORECASE)
# So many rows may an image have, some 40 MB of text: it is made, sealed and read in the
# memory of one process. A system parameter can set another bound.
IMAGE_ROWS = 20_000
IMAGE_ROWS_KEY = "erp_order_reversal.image_rows"

# The host's tables that hold what a reversal touches, each with the condition that
# selects the rows of the touched documents. Read only.
TABLES = (
    ("sale_order", "id IN %(sale_order)s"),
    ("sale_order_line", "order_id IN %(sale_order)s"),
    ("account_move", "id IN %(account_move)s"),
    ("account_move_line", "move_id IN %(account_move)s"),
    ("account_payment", "id IN %(account_payment)s"),
    (
        "account_partial_reconcile",
        # Each side by itself: with OR the database would go through all matches.
        "id IN (SELECT partial.id FROM account_partial_reconcile partial"
        " JOIN account_move_line item ON item.id = partial.debit_move_id"
        " WHERE item.move_id IN %(account_move)s"
        " UNION ALL SELECT partial.id FROM account_partial_reconcile partial"
        " JOIN account_move_line item ON item.id = partial.credit_move_id"
        " WHERE item.move_id IN %(account_move)s)",
    ),
    (
        "sale_order_line_invoice_rel",
        "invoice_line_id IN (SELECT id FROM account_move_line"
        " WHERE move_id IN %(account_move)s)",
    ),
    ("account_move__account_payment", "payment_id IN %(account_payment)s"),
)

# Texts that say which document it is, and nothing of a person.
IMPERSONAL = {
    "inalterable_hash",
    "matching_number",
    "move_name",
    "parent_path",
    "sequence_prefix",
}
# So does the name of these.
NUMBERED = {"sale_order", "account_move", "account_payment", "stock_picking"}
TEXTS = ("char", "text", "html", "properties")


class OrderReversal(models.Model):
    """The before-image: all touched records as they were, and their files.

    It is sealed once something had to be removed from it (`redact.py`); its hash is
    that of its text. The database compresses it.
    """

    _inherit = "order.reversal"

    snapshot = fields.Text(
        readonly=True, copy=False, prefetch=False, groups="base.group_system"
    )
    snapshot_hash = fields.Char(readonly=True, copy=False)
    sealed_hash = fields.Char(
        readonly=True, copy=False, help="SHA-256 of the image with sealed texts."
    )
    snapshot_size = fields.Integer(readonly=True, copy=False, aggregator=False)
    file_ids = fields.One2many(
        "order.reversal.file", "reversal_id", "Kept Files", readonly=True, copy=False
    )

    def snapshot_json(self):
        """The before-image of this reversal, for whoever may read all of it.

        Without secrets: new images hold none, from older ones they are taken out.
        In the place of personal data that was removed stands {"sealed": its hash}.

        :raise AccessError: a document that the image shows may not be read
        :return: canonical JSON text: {"tables": {name: [row]}, "files": [{"document",
            "name", "size", "sha256", "kept"}], …}
        """
        check_one(self)
        self.check_access("read")
        image = self._snapshot()
        self._check_image_readable(image)
        if self._drop_secrets(image.get("tables", {})) or self._is_redacted():
            return self._canonical(image)
        # As it was taken, so that its hash is the one in the log.
        return self._get_image_text()

    def _snapshot(self):
        """The before-image as the addon itself reads it, to restore and to verify.

        :return: dict
        """
        self.ensure_one()
        value = json.loads(self._get_image_text())
        if verify_log.is_sealed(value):
            return verify_log.unseal(value["image"], value["open"])
        return value

    def _get_image_text(self):
        """The text of the image: whole, or with what was removed from it."""
        self.ensure_one()
        # sudo: the field is closed to direct reading.
        return self.sudo().snapshot or "{}"

    def _is_redacted(self):
        """Whether something was removed from the image."""
        return verify_log.is_sealed(json.loads(self._get_image_text()))

    @api.model
    def _canonical(self, image):
        return json.dumps(
            image, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )

    @api.model
    def _get_image_models(self):
        """{table: model} of the host's models that an image may hold rows of."""
        tables = {table for table, _condition in self._snapshot_tables()}
        return {
            model._table: self.env[name]
            for name, model in self.env.registry.items()
            if model._table in tables and model._auto and not model._abstract
        }

    def _check_image_readable(self, image):
        """Whoever is shown a row whole must be allowed to read its record.

        Of records that are gone the right on the model is asked for.

        :raise AccessError: which document, and who may
        """
        self.ensure_one()
        models_of_image = self._get_image_models()
        for table, rows in image.get("tables", {}).items():
            if table not in models_of_image:
                continue
            records = models_of_image[table].browse(
                {row["id"] for row in rows if row.get("id")}
            )
            closed = records.exists() - records.exists()._filtered_access("read")
            if closed or not records.has_access("read"):
                # sudo: the name alone, of a document that the reversal names, too.
                names = closed.sudo()[:3].mapped("display_name") or [self.root_name]
                raise AccessError(
                    self.env._(
                        "The backup of %(reversal)s shows %(documents)s (%(kind)s), "
                        "which you may not read. Somebody who may read all of its "
                        "documents can open it: an auditor, or whoever carried it out.",
                        reversal=self.name,
                        documents=", ".join(names),
                        kind=records._description,
                    )
                )

    @api.model
    def _is_secret_column(self, model, column):
        """Whether a column may not be shown to whoever may read the record.

        :param model: recordset, or None for a table without a model
        """
        if SECRET.search(column):
            return True
        field = model._fields.get(column) if model is not None else None
        return bool(field and field.groups)

    @api.model
    def _drop_secrets(self, tables):
        """Take columns out of the rows that open something or that groups guard.

        :param dict tables: {name: [row]}, changed
        :return: bool, whether there were any
        """
        models_of_image = self._get_image_models()
        found = False
        for table, rows in tables.items():
            secret = {
                column
                for column in (rows[0] if rows else ())
                if self._is_secret_column(models_of_image.get(table), column)
            }
            found = found or bool(secret)
            for row in rows:
                for column in secret:
                    row.pop(column, None)
        return found

    def _snapshot_tables(self):
        """Tables and conditions; glue addons add theirs."""
        return TABLES

    def _snapshot_ids(self):
        """{reversal: {table: set of ids}} of the documents in the frozen plans."""
        found = {}
        for reversal in self:
            ids = defaultdict(set)
            for key in (reversal.fingerprint_data or {}).get("documents", {}):
                model, record_id = frozen.parse_key(key)
                ids[self.env[model]._table].add(record_id)
            # sudo: the entries of payments belong to the image, whoever asks.
            payments = self.env["account.payment"].sudo().browse(ids["account_payment"])
            ids["account_move"].update(payments.move_id.ids)
            found[reversal] = ids
        return found

    def _take_snapshot(self):
        """Store the before-image and its SHA-256 on each reversal.

        :return: {id of the reversal: {id of a match: its row}}
        """
        self._flush_tables()
        files = self._keep_files()
        matches = {}
        for reversal, ids in self._snapshot_ids().items():
            image = {
                "reversal": reversal.name,
                "root": reversal.root_name,
                "salt": proof.new_salt(),
                "shown": reversal.shown or {},
                "taken_on": fields.Datetime.to_string(fields.Datetime.now()),
                "tables": reversal._read_tables(ids),
                "files": files.get(reversal, []),
            }
            rows = image["tables"].get("account_partial_reconcile", [])
            image["side_items"] = reversal._image_of_side_items(rows)
            text = self._canonical(image)
            sealed, _openings = proof.seal(image, self._find_personal(image))
            self._engine_env(reversal).write(
                {
                    "snapshot": text,
                    "snapshot_hash": verify_log.digest(text),
                    "snapshot_size": len(text.encode()),
                    "sealed_hash": verify_log.digest(verify_log.canonical(sealed)),
                }
            )
            matches[reversal.id] = {row["id"]: row for row in rows}
        return matches

    def _get_image_detail(self):
        """What the row “Done” says of the image."""
        self.ensure_one()
        return {
            "snapshot_sha256": self.snapshot_hash,
            "sealed_sha256": self.sealed_hash,
        }

    # ------------------------------------------------------------------
    # What of it is personal: all texts that are no number of a document
    # ------------------------------------------------------------------

    @api.model
    def _find_personal(self, image):
        """Paths of the values that can be removed: see `proof.image.seal`."""
        places = [("salt",)] if image.get("salt") else []
        models_of_image = self._get_image_models()
        for table, rows in image.get("tables", {}).items():
            columns = [
                column
                for column in (rows[0] if rows else ())
                if self._is_personal_column(models_of_image.get(table), table, column)
            ]
            places += [
                ("tables", table, index, column)
                for index, row in enumerate(rows)
                for column in columns
                if isinstance(row.get(column), (str, dict)) and row[column]
            ]
        for index, file in enumerate(image.get("files", ())):
            if file.get("name"):
                places.append(("files", index, "name"))
        for part, rows in (image.get("shown") or {}).items():
            places += [
                ("shown", part, index, key)
                for index, row in enumerate(rows)
                for key in ("message", "remedy", "partner", "outcome", "why")
                if row.get(key)
            ]
        return places

    @api.model
    def _is_personal_column(self, model, table, column):
        """Whether texts of a column may tell something of a person; override point.

        :param model: recordset, or None for a table without a model
        """
        field = model._fields.get(column) if model is not None else None
        if column in IMPERSONAL or (column == "name" and table in NUMBERED):
            return False
        return field is None or field.type in TEXTS

    def _flush_tables(self):
        """Write what is pending in the tables that are read, and nothing else."""
        tables = {table for table, _condition in self._snapshot_tables()}
        for model in self.env.registry.values():
            if model._table in tables and model._auto:
                self.env[model._name].flush_model()

    @api.model
    def _get_image_limit(self):
        """How many rows an image may have."""
        # sudo: one number, which says nothing of anybody.
        value = self.env["ir.config_parameter"].sudo().get_param(IMAGE_ROWS_KEY) or ""
        return int(value) if value.isdecimal() and int(value) else IMAGE_ROWS

    def _read_tables(self, ids):
        """The stored columns of the touched rows but secrets, read in one query.

        :raise UserError: they are more than an image may have
        """
        parts = [
            SQL(
                "SELECT %(_name)s AS name, to_jsonb(t) AS row FROM %(_table)s t WHERE "
                + condition,
                _name=table,
                _table=SQL.identifier(table),
                **{
                    key: tuple(ids.get(key) or [0])
                    for key in re.findall(r"%\((\w+)\)s", condition)
                },
            )
            for table, condition in self._snapshot_tables()
        ]
        tables = {}
        limit = self._get_image_limit()
        query = SQL("%s LIMIT %s", SQL(" UNION ALL ").join(parts), limit + 1)
        rows = self.env.execute_query(query)
        if len(rows) > limit:
            raise self._error(
                self.env._(
                    "%(documents)s: with all that hangs on it this is more than the "
                    "%(limit)s rows that a backup may have. Take back its invoices one "
                    "at a time, or let an administrator raise the system parameter "
                    "“%(parameter)s”.",
                    documents=", ".join(self.mapped("root_name")),
                    limit=limit,
                    parameter=IMAGE_ROWS_KEY,
                )
            )
        for name, row in rows:
            tables.setdefault(name, []).append(row)
        for rows in tables.values():
            rows.sort(key=lambda row: json.dumps(row, sort_keys=True, default=str))
        self._drop_secrets(tables)
        return tables

    def _check_neighbours(self, books):
        """No match was lost that the steps don't release.

        Matches of exchange differences follow the ones that are released. What was
        matched anew is matched.

        :return: list of str
        """
        self.ensure_one()
        matches = books.matches[self.id]
        released = {release.partial_id for release in self.step_ids._get_releases()}
        moves = set(self._get_ended_entries().ids)
        partials = self.env["account.partial.reconcile"]
        kept = {match for match in matches if books.has(partials.browse(match))}
        lost = set(matches) - released - kept
        lines = self.env["account.move.line"]
        problems = []
        for match in lost:
            row = matches[match]
            pair = lines.browse([row["debit_move_id"], row["credit_move_id"]]).exists()
            if (
                len(pair) == 2
                and not pair.move_id.exchange_diff_partial_ids
                and not pair.move_id.tax_cash_basis_origin_move_id
                and not set(pair.move_id.ids) & moves
                and not self._is_exchange(pair.move_id)
                and not pair.matched_debit_ids & pair.matched_credit_ids
            ):
                problems.append(
                    self.env._(
                        "%s are no longer matched with each other.",
                        ", ".join(pair.move_id.mapped("display_name")),
                    )
                )
        return problems

    def _get_ended_entries(self):
        """Entries that nothing is matched with after this reversal: `account.move`."""
        ended = self.step_ids.filtered(lambda step: step._get_row().ends)
        of_model = {
            model: still_existing(steps._get_document())
            for model, steps in ended.grouped("res_model").items()
        }
        moves = of_model.get("account.move", self.env["account.move"])
        payments = of_model.get("account.payment", self.env["account.payment"])
        return moves | payments.move_id

    def _is_exchange(self, moves):
        journal = self.company_id.currency_exchange_journal_id
        return journal and journal in moves.journal_id

    def _check_snapshot(self):
        """The stored image still has its hash, and no match outside was lost.

        :return: list of str
        """
        self.ensure_one()
        # sudo: the field is closed to direct reading.
        if not self.sudo().snapshot:
            return []
        problems = []
        # The hash beside it can be replaced along with it; the one in the chain can't.
        details = [{"snapshot_sha256": self.snapshot_hash}] + [
            row.detail
            for row in self.log_ids
            if row.event == "done" and (row.detail or {}).get("snapshot_sha256")
        ]
        redactions = [row.detail for row in self.log_ids if row.event == "redacted"]
        data = self._get_image_text().encode()
        if len({detail["snapshot_sha256"] for detail in details}) > 1 or (
            verify_log.image_faults(data, details[-1], redactions)
        ):
            problems.append(
                self.env._("The backup of %s was changed after it was made.", self.name)
            )
        return problems + self._check_files()

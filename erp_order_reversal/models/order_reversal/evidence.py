import hashlib
import json
import re
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, split_every

from ...checks import check_one
from ...plan import frozen

# Columns that open something: the portal page of an order, a stored card, an account.
SECRET = re.compile(r"token|secret|passw|api_?key|private_key", re.IGNORECASE)


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
        "debit_move_id IN (SELECT id FROM account_move_line"
        " WHERE move_id IN %(account_move)s)"
        " OR credit_move_id IN (SELECT id FROM account_move_line"
        " WHERE move_id IN %(account_move)s)",
    ),
    (
        "sale_order_line_invoice_rel",
        "invoice_line_id IN (SELECT id FROM account_move_line"
        " WHERE move_id IN %(account_move)s)",
    ),
    ("account_move__account_payment", "payment_id IN %(account_payment)s"),
)


# A file beyond this size, and those beyond this sum for one reversal, are recorded by
# name, size and hash alone.
FILE_LIMIT = 20 * 1024 * 1024


TOTAL_LIMIT = 50 * 1024 * 1024


# So many are held in memory at once.
CHUNK = 10


class OrderReversal(models.Model):
    """The before-image: all touched records as they were, and their files."""

    _inherit = "order.reversal"

    snapshot = fields.Text(
        readonly=True, copy=False, prefetch=False, groups="base.group_system"
    )
    snapshot_hash = fields.Char(readonly=True, copy=False)
    snapshot_size = fields.Integer(readonly=True, copy=False, aggregator=False)
    file_ids = fields.One2many(
        "order.reversal.file", "reversal_id", "Kept Files", readonly=True, copy=False
    )

    def snapshot_json(self):
        """The before-image of this reversal, for whoever may read all of it.

        Without secrets: new images hold none, from older ones they are taken out.

        :raise AccessError: a document that the image shows may not be read
        :return: canonical JSON text: {"tables": {name: [row]}, "files": [{"document",
            "name", "size", "sha256", "kept"}], …}
        """
        check_one(self)
        self.check_access("read")
        image = self._snapshot()
        self._check_image_readable(image)
        if self._drop_secrets(image.get("tables", {})):
            return self._canonical(image)
        # sudo: as it is stored, so that its hash is the one in the log.
        return self.sudo().snapshot or "{}"

    def _snapshot(self):
        """The before-image as the addon itself reads it, to restore and to verify.

        :return: dict
        """
        self.ensure_one()
        # sudo: the field is closed to direct reading.
        return json.loads(self.sudo().snapshot or "{}")

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
                "taken_on": fields.Datetime.to_string(fields.Datetime.now()),
                "tables": self._read_tables(ids),
                "files": files.get(reversal, []),
            }
            rows = image["tables"].get("account_partial_reconcile", [])
            image["side_items"] = reversal._image_of_side_items(rows)
            text = self._canonical(image)
            self._engine_env(reversal).write(
                {
                    "snapshot": text,
                    "snapshot_hash": hashlib.sha256(text.encode()).hexdigest(),
                    "snapshot_size": len(text.encode()),
                }
            )
            matches[reversal.id] = {row["id"]: row for row in rows}
        return matches

    def _flush_tables(self):
        """Write what is pending in the tables that are read, and nothing else."""
        tables = {table for table, _condition in self._snapshot_tables()}
        for model in self.env.registry.values():
            if model._table in tables and model._auto:
                self.env[model._name].flush_model()

    def _read_tables(self, ids):
        """The stored columns of the touched rows but secrets, read in one query."""
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
        for name, row in self.env.execute_query(SQL(" UNION ALL ").join(parts)):
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
        ended = self.step_ids.filtered(lambda step: step._get_row().ends)
        moves = {step.res_id for step in ended if step.res_model == "account.move"}
        payments = self.env["account.payment"].browse(
            step.res_id for step in ended if step.res_model == "account.payment"
        )
        moves.update(payments.move_id.ids)
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

    def _is_exchange(self, moves):
        journal = self.company_id.currency_exchange_journal_id
        return journal and journal in moves.journal_id

    def _check_snapshot(self):
        """The stored image still has its hash, and no match outside was lost.

        :return: list of str
        """
        self.ensure_one()
        text = self.sudo().snapshot
        if not text:
            return []
        problems = []
        digest = hashlib.sha256(text.encode()).hexdigest()
        # The hash beside it can be replaced along with it; the one in the chain can't.
        recorded = {
            row.detail["snapshot_sha256"]
            for row in self.log_ids
            if row.event == "done" and (row.detail or {}).get("snapshot_sha256")
        }
        if {digest} != recorded | {self.snapshot_hash}:
            problems.append(
                self.env._("The backup of %s was changed after it was made.", self.name)
            )
        return problems + self._check_files()

    # ------------------------------------------------------------------
    # The PDFs of the invoices that are taken back stay available
    # ------------------------------------------------------------------

    def _find_files(self):
        """The PDFs of the invoices that these reversals take back, in one query.

        Those that the host printed, and those that came with a vendor's bill.

        :return: {reversal: attachments}
        """
        takers = defaultdict(self.browse)
        for step in self.step_ids:
            if step.operation in ("credit", "void"):
                takers[step.res_id] |= step.reversal_id
        if not takers:
            return {}
        # sudo: the files of invoices that the plan read as sudo, too.
        attachments = self.env["ir.attachment"].sudo()
        attachments.flush_model(["res_model", "res_id", "res_field", "mimetype"])
        rows = self.env.execute_query(
            SQL(
                """SELECT file.res_id, file.id
                     FROM ir_attachment file
                     JOIN account_move move ON move.id = file.res_id
                    WHERE file.res_model = 'account.move' AND file.res_id = ANY(%s)
                      AND file.mimetype = 'application/pdf'
                      AND (file.res_field = 'invoice_pdf_report_file'
                           OR file.id = move.message_main_attachment_id)
                 ORDER BY file.id""",
                list(takers),
            )
        )
        found = defaultdict(attachments.browse)
        for move_id, file_id in rows:
            for reversal in takers[move_id]:
                found[reversal] |= attachments.browse(file_id)
        return found

    def _keep_files(self):
        """Copy the PDFs of the invoices to their reversals.

        :return: {reversal: [{document, name, size, sha256, kept}]} for the backup
        """
        kept = {}
        rows = []
        for reversal, files in self._find_files().items():
            total = 0
            kept[reversal] = []
            for file in files:
                content = file.raw or b""
                total += len(content)
                values = {
                    "name": file.name,
                    "size": len(content),
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "kept": 0 < len(content) <= FILE_LIMIT and total <= TOTAL_LIMIT,
                }
                # One at a time in memory.
                file.invalidate_recordset(["raw"])
                move = self.env["account.move"].sudo().browse(file.res_id)
                kept[reversal].append({"document": move.name or "", **values})
                rows.append((reversal, file, move, values))
        self._store_files(rows)
        return kept

    def _store_files(self, rows):
        """Create the kept files and, part by part, their contents."""
        if not rows:
            return
        files = self._engine_env(self.env["order.reversal.file"]).create(
            [
                {
                    "reversal_id": reversal.id,
                    "res_model": move._name,
                    "res_id": move.id,
                    "res_name": move.display_name,
                    **values,
                }
                for reversal, _file, move, values in rows
            ]
        )
        pairs = zip(files, (row[1] for row in rows), strict=True)
        for part in split_every(CHUNK, ((f, o) for f, o in pairs if f.kept), list):
            files.env["ir.attachment"].create(
                [
                    {
                        "name": original.name,
                        "mimetype": "application/pdf",
                        "raw": original.raw,
                        "res_model": file._name,
                        "res_field": "content",
                        "res_id": file.id,
                    }
                    for file, original in part
                ]
            )
            for _file, original in part:
                original.invalidate_recordset(["raw"])
        files.invalidate_recordset(["content"])

    def _check_files(self):
        """Every kept file is still there, with its content.

        :return: list of str
        """
        self.ensure_one()
        kept = self.file_ids.filtered("kept")
        if not kept:
            return []
        # sudo: the contents of files that the user may read.
        contents = self.env["ir.attachment"].sudo()
        contents = contents.search(
            [("res_model", "=", kept._name), ("res_id", "in", kept.ids)]
            + [("res_field", "=", "content")]
        )
        found = {}
        for content in contents:
            found[content.res_id] = hashlib.sha256(content.raw or b"").hexdigest()
            content.invalidate_recordset(["raw"])
        return [
            self.env._(
                "The kept file %(file)s of %(document)s is gone or was changed.",
                file=file.name,
                document=file.res_name,
            )
            for file in kept
            if found.get(file.id) != file.sha256
        ]

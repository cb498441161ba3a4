import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

EVENTS = [
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
    ("step", "Step done"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("undone", "Undone"),
    ("verified", "Verified"),
    ("printed", "Printed"),
    ("exported", "Exported"),
    ("removed", "Removed"),
    ("host", "Done outside of a reversal"),
]


class OrderReversalLog(models.Model):
    """Append-only, hash-chained events: who did what to which document.

    One chain per company. Rows are inserted last in a transaction, under a lock
    that lasts until its commit, so that the order of ids is the order of the chain.
    """

    _name = "order.reversal.log"
    _description = "Reversal Audit Log"
    _order = "id"
    _rec_name = "event"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    reversal_id = fields.Many2one(
        "order.reversal", readonly=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    user_name = fields.Char(readonly=True)
    create_date = fields.Datetime("Recorded On", readonly=True, required=True)
    event = fields.Selection(EVENTS, required=True, readonly=True)
    res_model = fields.Char("Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        "Document ID", model_field="res_model", readonly=True
    )
    res_name = fields.Char("Document", readonly=True)
    detail = fields.Json(readonly=True, help="Before and after, as JSON.")
    detail_text = fields.Char("What", compute="_compute_detail_text")
    hash = fields.Char(required=True, readonly=True)
    previous_hash = fields.Char(readonly=True)

    _document_idx = models.Index("(res_model, res_id)")
    _hash_unique = models.UniqueIndex(
        "(company_id, hash)", "This event is in the audit log already."
    )

    @api.depends("detail")
    def _compute_detail_text(self):
        for row in self:
            row.detail_text = ", ".join(
                f"{key}: {value}" for key, value in (row.detail or {}).items()
            )

    # ------------------------------------------------------------------
    # Append only
    # ------------------------------------------------------------------

    def init(self):
        """Refuse changes in the database, too, for those who bypass the ORM."""
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION order_reversal_log_refuse() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'The reversal audit log is append-only.';
            END $$;
            DROP TRIGGER IF EXISTS order_reversal_log_append_only
                ON order_reversal_log;
            CREATE TRIGGER order_reversal_log_append_only
                BEFORE UPDATE OR DELETE ON order_reversal_log
                FOR EACH ROW EXECUTE FUNCTION order_reversal_log_refuse();
            DROP TRIGGER IF EXISTS order_reversal_log_no_truncate
                ON order_reversal_log;
            CREATE TRIGGER order_reversal_log_no_truncate
                BEFORE TRUNCATE ON order_reversal_log
                FOR EACH STATEMENT EXECUTE FUNCTION order_reversal_log_refuse();
            """
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Only `_record` writes the log."""
        if not self.env["order.reversal"]._is_engine():
            raise self._refusal()
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        """Refused: the log is append-only."""
        raise self._refusal()

    def copy_data(self, default=None):
        """Refused: the log is append-only."""
        raise self._refusal()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise self._refusal()

    def _refusal(self):
        return UserError(
            self.env._(
                "The audit log is append-only: its rows can't be written, changed or "
                "deleted by anybody. Open a reversal to put something right."
            )
        )

    # ------------------------------------------------------------------
    # The chain
    # ------------------------------------------------------------------

    @api.model
    def _record(self, entries):
        """Append events to the chains of their companies.

        :param entries: list of dict with `event` and, as far as they apply,
            `reversal`, `record`, `res_name`, `company`, `detail`
        :return: the new rows
        """
        rows = []
        now = fields.Datetime.now()
        user = self.env.user
        for entry in entries:
            reversal = entry.get("reversal")
            record = entry.get("record")
            company = entry.get("company") or (reversal and reversal.company_id)
            rows.append(
                {
                    "company_id": (company or self.env.company).id,
                    "reversal_id": reversal.id if reversal else False,
                    "user_id": user.id,
                    "user_name": user.name,
                    "create_date": now,
                    "event": entry["event"],
                    "res_model": record._name if record else False,
                    "res_id": record.id if record else False,
                    "res_name": entry.get("res_name")
                    or (record.display_name if record else False),
                    "detail": entry.get("detail") or {},
                }
            )
        tails = {}
        for company_id in sorted({row["company_id"] for row in rows}):
            tails[company_id] = self._lock_tail(company_id)
        for row in rows:
            row["previous_hash"] = tails[row["company_id"]]
            row["hash"] = self._hash(row)
            tails[row["company_id"]] = row["hash"]
        self.env.cr.cache.setdefault("order_reversal_tails", {}).update(tails)
        engine = self.env["order.reversal"]._engine_env(self)
        return engine.create(rows)

    def _lock_tail(self, company_id):
        """The last hash of a company's chain; nobody else appends until commit.

        Another transaction may have appended after this one's snapshot was taken,
        so the tail is read with a cursor of its own, under the lock.
        """
        self.env.cr.execute(
            SQL(
                "SELECT pg_advisory_xact_lock(%s, %s)",
                self._chain_lock_key(),
                company_id,
            )
        )
        own = self.env.cr.cache.get("order_reversal_tails", {})
        if company_id in own:
            return own[company_id]
        query = SQL(
            "SELECT id, hash FROM order_reversal_log WHERE company_id = %s "
            "ORDER BY id DESC LIMIT 1",
            company_id,
        )
        self.env.cr.execute(query)
        seen = self.env.cr.fetchone() or (0, None)
        if not self.env.registry.ready:
            # Addons are being installed: the table may be this transaction's alone.
            return seen[1]
        with self.env.registry.cursor() as cr:
            cr.execute(query)
            committed = cr.fetchone() or (0, None)
        return max(seen, committed)[1]

    @api.model
    def _chain_lock_key(self):
        return int.from_bytes(hashlib.sha256(self._table.encode()).digest()[:3], "big")

    @api.model
    def _hash(self, row):
        """SHA-256 (hex) of one row in its canonical form, the previous hash in it."""
        canonical = {
            "company_id": row["company_id"],
            "reversal_id": row["reversal_id"] or None,
            "user_id": row["user_id"] or None,
            "user_name": row["user_name"] or None,
            "create_date": fields.Datetime.to_string(row["create_date"]),
            "event": row["event"],
            "res_model": row["res_model"] or None,
            "res_id": row["res_id"] or None,
            "res_name": row["res_name"] or None,
            "detail": row["detail"] or {},
            "previous_hash": row["previous_hash"] or None,
        }
        text = json.dumps(
            canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def verify_chain(self, company):
        """Check every row of a company's chain.

        :param company: `res.company` record or id
        :return: {"intact": bool, "checked": int, "first_broken": id or False}
        """
        self.check_access("read")
        company = self.env["res.company"].browse(
            company if isinstance(company, int) else company.id
        )
        company.check_access("read")
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT id, company_id, reversal_id, user_id, user_name, create_date,
                          event, res_model, res_id, res_name, detail, hash,
                          previous_hash
                     FROM order_reversal_log WHERE company_id = %s ORDER BY id""",
                company.id,
            )
        )
        previous = None
        checked = 0
        for row in self.env.cr.dictfetchall():
            if row["previous_hash"] != previous or row["hash"] != self._hash(row):
                return {"intact": False, "checked": checked, "first_broken": row["id"]}
            previous = row["hash"]
            checked += 1
        return {"intact": True, "checked": checked, "first_broken": False}

import hashlib
import json

from psycopg2.errors import ReadOnlySqlTransaction

from odoo import api, fields, models
from odoo.tools import SQL

COLUMNS = (
    "company_id",
    "reversal_id",
    "user_id",
    "user_name",
    "create_date",
    "event",
    "res_model",
    "res_id",
    "res_name",
    "detail",
    "previous_hash",
)


class OrderReversalLog(models.Model):
    """The chain of a company's events: appended under a lock, verified on demand."""

    _inherit = "order.reversal.log"

    @api.model
    def _record(self, entries):
        """Append events to the chains of their companies.

        :param entries: list of dict with `event` and, as far as they apply,
            `reversal`, `record`, `res_name`, `company`, `detail` (JSON values)
        :return: the new rows
        """
        if self.env.cr.readonly:
            # A report is rendered by a route that only reads: the host then serves
            # the request again with a cursor that may write.
            raise ReadOnlySqlTransaction("the audit log has to be written")
        rows = [self._prepare_row(entry) for entry in entries]
        tails = {}
        for company_id in sorted({row["company_id"] for row in rows}):
            tails[company_id] = self._lock_tail(company_id)
        for row in rows:
            row["previous_hash"] = tails[row["company_id"]]
            row["hash"] = self._hash(row)
            tails[row["company_id"]] = row["hash"]
        engine = self.env["order.reversal"]._engine_env(self)
        records = engine.create(rows)
        self._anchor(records)
        return records

    def _prepare_row(self, entry):
        reversal = entry.get("reversal")
        record = entry.get("record")
        company = entry.get("company") or (reversal and reversal.company_id)
        return {
            "company_id": (company or self.env.company).id,
            "reversal_id": reversal.id if reversal else False,
            "user_id": self.env.uid,
            "user_name": self.env.user.name,
            "create_date": fields.Datetime.now(),
            "event": entry["event"],
            "res_model": record._name if record else False,
            "res_id": record.id if record else False,
            "res_name": entry.get("res_name")
            or (record.display_name if record else False),
            "detail": entry.get("detail") or {},
        }

    def _anchor(self, records):
        """Note each reversal's last row on the reversal.

        So that rows taken off the end of a chain are missed, too.
        """
        for reversal, rows in records.grouped("reversal_id").items():
            if reversal:
                reversal.write({"log_row": rows[-1].id, "log_hash": rows[-1].hash})

    def _lock_tail(self, company_id):
        """The last hash of a company's chain; nobody else appends until commit.

        Another transaction may have appended after this one's snapshot was taken, so
        the tail is read with a cursor of its own, under the lock. Nothing is cached:
        a savepoint rolled back takes its rows and its lock with it.
        """
        self.env.cr.execute(
            SQL(
                "SELECT pg_advisory_xact_lock(%s, %s)",
                self._chain_lock_key(),
                company_id,
            )
        )
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
        canonical = {name: row[name] or None for name in COLUMNS}
        canonical["create_date"] = fields.Datetime.to_string(row["create_date"])
        canonical["detail"] = row["detail"] or {}
        text = json.dumps(
            canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        return hashlib.sha256(text.encode()).hexdigest()

    # ------------------------------------------------------------------
    # Verification
    # ------------------------------------------------------------------

    @api.model
    def verify_chain(self, company):
        """Check every row of a company's chain, and that none is missing at its end.

        :param company: `res.company` record or id
        :return: {"intact": bool, "checked": int, "first_broken": id or False}; the id
            is that of the first row that was changed, follows a removed one, was
            inserted, or is missing
        """
        self.check_access("read")
        company = self.env["res.company"].browse(
            company if isinstance(company, int) else company.id
        )
        company.check_access("read")
        self.env.flush_all()
        previous = None
        checked = 0
        for row in self._read_chain(company.id):
            if row["previous_hash"] != previous or row["hash"] != self._hash(row):
                return {"intact": False, "checked": checked, "first_broken": row["id"]}
            previous = row["hash"]
            checked += 1
        missing = self._first_missing(company.id)
        return {
            "intact": not missing,
            "checked": checked,
            "first_broken": missing or False,
        }

    def _read_chain(self, company_id, size=5000):
        """The rows of a chain in order, a batch at a time: memory stays flat."""
        last = None
        while True:
            self.env.cr.execute(
                SQL(
                    "SELECT id, hash, %s FROM order_reversal_log "
                    "WHERE company_id = %s AND (%s::int IS NULL OR id > %s) "
                    "ORDER BY id LIMIT %s",
                    SQL(", ").join(SQL.identifier(name) for name in COLUMNS),
                    company_id,
                    last,
                    last,
                    size,
                )
            )
            rows = self.env.cr.dictfetchall()
            if not rows:
                return
            yield from rows
            last = rows[-1]["id"]

    def _first_missing(self, company_id):
        """The first last row of a reversal that isn't there as it was noted."""
        self.env.cr.execute(
            SQL(
                """SELECT MIN(COALESCE(reversal.log_row, -1))
                     FROM order_reversal reversal
                LEFT JOIN order_reversal_log log
                       ON log.id = reversal.log_row AND log.hash = reversal.log_hash
                    WHERE reversal.company_id = %s AND log.id IS NULL
                      AND (reversal.log_row IS NOT NULL
                           OR reversal.state NOT IN ('draft', 'queued'))""",
                company_id,
            )
        )
        return self.env.cr.fetchone()[0]

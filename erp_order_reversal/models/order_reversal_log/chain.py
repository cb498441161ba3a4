import hashlib
import logging

from psycopg2.errors import ReadOnlySqlTransaction

from odoo import api, fields, models
from odoo.tools import SQL

from ...checks import check_one, check_records, check_type
from ...connection import second_cursor
from ...proof import verify_log

_logger = logging.getLogger(__name__)

CHAIN_COLUMNS = (
    *verify_log.COLUMNS,
    "number",
    "content_hash",
    "previous_hash",
    "hash",
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
            number, previous = tails[row["company_id"]]
            row["number"] = number + 1
            row["previous_hash"] = previous
            row["content_hash"] = verify_log.content_hash(self._get_content(row))
            row["hash"] = verify_log.row_hash(row)
            tails[row["company_id"]] = (row["number"], row["hash"])
        engine = self.env["order.reversal"]._engine_env(self)
        records = engine.create(rows)
        self._note_last_rows(records)
        records._anchor_later()
        return records

    @api.model
    def _record_refused(self, entries):
        """Append what is about to be refused, though all else is rolled back.

        In a transaction of its own, after this one has ended: the chain's lock may be
        held by this one. Of documents that go with the rollback nothing is kept.

        :param list entries: as for `_record`, each with `company` and `record`
        """
        kept = [
            {
                "event": entry["event"],
                "company": entry["company"].id,
                "model": entry["record"]._name,
                "id": entry["record"].id,
                "name": entry["record"].display_name,
                "detail": entry["detail"],
            }
            for entry in entries
        ]
        cr, registry, uid = self.env.cr, self.env.registry, self.env.uid

        def append():
            while kept:
                rows, kept[:] = list(kept), []
                try:
                    # Not by the spare connection: it waits for the chain's lock.
                    with registry.cursor() as own:
                        env = api.Environment(own, uid, {})
                        env[self._name]._append_refused(rows)
                except Exception:  # the refusal itself must reach the person
                    _logger.exception("A refused attempt could not be logged")

        # A refusal that somebody caught is followed by a commit.
        cr.postrollback.add(append)
        cr.postcommit.add(append)

    @api.model
    def _append_refused(self, rows):
        entries = []
        for row in rows:
            company = self.env["res.company"].browse(row["company"])
            record = self.env[row["model"]].browse(row["id"])
            if company.exists() and record.exists():
                entries.append(
                    {
                        "event": row["event"],
                        "company": company,
                        "record": record,
                        "res_name": row["name"],
                        "detail": row["detail"],
                    }
                )
        if entries:
            self._record(entries)

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
            # As the database will give it back: else the row's hash would not hold.
            "detail": verify_log.normalise(entry.get("detail") or {}),
        }

    def _note_last_rows(self, records):
        """Note each reversal's last row on the reversal.

        So that rows taken off the end of a chain are missed, too.
        """
        for reversal, rows in records.grouped("reversal_id").items():
            if reversal:
                reversal.write({"log_row": rows[-1].id, "log_hash": rows[-1].hash})

    def _lock_tail(self, company_id):
        """The end of a company's chain; nobody else appends until commit.

        :return: (int, how many rows it has; hash of the last one or None)

        Another transaction may have appended after this one's snapshot was taken, so
        the tail is read with a cursor of its own, under the lock. Nothing is cached:
        a savepoint rolled back takes its rows and its lock with it.
        """
        # Rows of the first version have no number: they are counted.
        query = SQL(
            """SELECT id, hash, COALESCE(number, (
                          SELECT COUNT(*) FROM order_reversal_log other
                           WHERE other.company_id = log.company_id))
                 FROM order_reversal_log log WHERE company_id = %s
             ORDER BY id DESC LIMIT 1""",
            company_id,
        )
        # What this transaction sees itself follows from its snapshot, lock or not.
        self.env.cr.execute(
            SQL(
                """SELECT tail.* FROM (SELECT pg_advisory_xact_lock(%s, %s)) lock
                LEFT JOIN LATERAL (%s) tail ON TRUE""",
                self._chain_lock_key(),
                company_id,
                query,
            )
        )
        nothing = (0, None, 0)
        seen = self.env.cr.fetchone()
        if seen[0] is None:
            seen = nothing
        committed = nothing
        if self.env.registry.ready:
            with second_cursor(self.env.registry) as cr:
                cr.execute(query)
                committed = cr.fetchone() or nothing
        # Else addons are being installed: the table may be this transaction's alone.
        _id, tail, number = max(seen, committed, key=lambda row: row[0])
        return number, tail

    @api.model
    def _chain_lock_key(self):
        return int.from_bytes(hashlib.sha256(self._table.encode()).digest()[:3], "big")

    @api.model
    def _get_content(self, row):
        """What the hash of a row covers, as JSON values.

        :param dict row: as the database has it; without a number in the first version
        :return: dict
        """
        content = {name: row[name] or None for name in verify_log.COLUMNS}
        # To the microsecond, which the addon itself leaves at 0.
        made = row["create_date"]
        content["create_date"] = made.isoformat(" ") if made.microsecond else str(made)
        content["detail"] = row["detail"] or {}
        if row["number"]:
            content |= {"number": row["number"], "version": verify_log.VERSION}
        return content

    @api.model
    def _is_row_intact(self, row):
        """Whether a row has the hashes of what it says.

        :param dict row: as the database has it
        """
        content = self._get_content(row)
        if (
            row["content_hash"]
            and verify_log.content_hash(content) != (row["content_hash"])
        ):
            return False
        return row["hash"] == verify_log.row_hash({**row, "content": content})

    # ------------------------------------------------------------------
    # Verification
    # ------------------------------------------------------------------

    @api.model
    def verify_chain(self, company, whole=False):
        """Check the rows of a company's chain, and that none is missing at its end.

        From the last signed head on: what is before it was checked when it was signed,
        and is checked again, a part each day. Without a head, all of it.

        :param company: `res.company` record or id
        :param bool whole: from the first row on
        :return: {"intact": bool, "checked": int, "first_broken": id or False}; the id
            is that of the first row that was changed, follows a removed one, was
            inserted, or is missing
        """
        self.check_access("read")
        check_type(self.env, whole, bool, "whole")
        if not isinstance(company, models.BaseModel):
            check_type(self.env, company, int, "company")
            company = self.env["res.company"].browse(company)
        check_one(company)
        company.check_access("read")
        self.env.flush_all()
        known = self._get_known_heads(company.id)
        start = None if whole else self._get_start(company.id, known)
        checked, broken, last = self._verify_rows(company.id, known, start)
        if not broken:
            # Heads of rows that are not there any more: the end was cut off.
            gone = [row for number, row in known.items() if not 0 < number <= last]
            broken = self._first_missing(company.id) or (gone and min(gone)[0])
        return {
            "intact": not broken,
            "checked": checked,
            "first_broken": broken or False,
        }

    def action_verify_chain(self):
        """As `verify_chain` of each company that is chosen, and say what was found.

        :return: a notification
        """
        check_records(self)
        results = [
            (company, self.verify_chain(company)) for company in self.env.companies
        ]
        broken = [
            self.env._(
                "The log of %(company)s was changed: from the row with the ID %(row)s "
                "on it isn't as it was written. Keep an export, and ask whoever "
                "administers the database.",
                company=company.name,
                row=result["first_broken"],
            )
            for company, result in results
            if not result["intact"]
        ]
        checked = sum(result["checked"] for _company, result in results)
        message = "\n".join(broken) or self.env._(
            "Rows checked: %s. None was changed, inserted, moved or removed.", checked
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if broken else "success",
                "title": self.env._("The chain is broken")
                if broken
                else self.env._("The chain is whole"),
                "message": message,
                "sticky": bool(broken),
            },
        }

    @api.model
    def _get_start(self, company_id, known):
        """The row that the last signed head of a company has, to go on from it.

        :param dict known: see `_get_known_heads`
        :return: (number, id), or None where it is not there as it was signed
        """
        # sudo: heads hold nothing but hashes of the chain that is verified.
        heads = self.env["order.reversal.head"].sudo()
        head = heads.search([("company_id", "=", company_id)], order="id desc", limit=1)
        # sudo: the row that the head names, of a company that the caller checked.
        row = self.sudo().browse(head.row_id).exists()
        if (
            not head
            or not head._is_signed()
            or row.number != head.rows
            or known.get(head.rows) != (row.id, row.hash)
        ):
            return None
        return (row.number, row.id)

    @api.model
    def _verify_rows(self, company_id, known, start=None, limit=None):
        """Check rows in their order.

        :param dict known: see `_get_known_heads`
        :param tuple start: (number, id) of the first one, by default that of the chain
        :param int limit: how many, by default all
        :return: (how many are right, id of the first that is not or False, number of
            the last one that was checked)
        """
        number, first_id = start or (1, None)
        previous = None
        checked = 0
        for row in self._read_chain(company_id, first_id=first_id):
            follows = row["previous_hash"] == previous or bool(start and not checked)
            if (
                not follows
                or row["number"] not in (None, 0, number)
                or not self._is_row_intact(row)
                or known.get(number, (row["id"], row["hash"]))
                != (row["id"], row["hash"])
            ):
                return checked, row["id"], number
            previous = row["hash"]
            checked += 1
            number += 1
            if checked == limit:
                break
        return checked, False, number - 1

    @api.model
    def _verify_part(self, company, size):
        """Check again a part of what lies before the last head; the next one next time.

        :param int size: how many rows
        :return: id of the first row that is not right, or False
        """
        # sudo: the place of the scheduler in the chain, no secret.
        places = self.env["ir.config_parameter"].sudo()
        key = f"erp_order_reversal.chain_verified.{company.id}"
        place = int(places.get_param(key, 0))
        row = self.search(
            [("company_id", "=", company.id), ("number", ">", place)],
            order="number",
            limit=1,
        )
        start = (row.number, row.id) if place and row else None
        known = self._get_known_heads(company.id)
        checked, broken, last = self._verify_rows(company.id, known, start, size)
        places.set_param(key, 0 if broken or checked < size else last - 1)
        return broken

    def _read_chain(self, company_id, size=5000, first_id=None):
        """The rows of a chain in order, a batch at a time: memory stays flat.

        :param int first_id: id of the first one, by default that of the chain
        """
        last = first_id - 1 if first_id else None
        while True:
            self.env.cr.execute(
                SQL(
                    "SELECT id, %s FROM order_reversal_log "
                    "WHERE company_id = %s AND (%s::int IS NULL OR id > %s) "
                    "ORDER BY id LIMIT %s",
                    SQL(", ").join(SQL.identifier(name) for name in CHAIN_COLUMNS),
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

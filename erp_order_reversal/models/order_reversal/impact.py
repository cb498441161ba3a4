from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ...const import OWED

# What `rehearse` tells of a journal item; the rest is for groups and positions.
ENTRY_KEYS = (
    "journal",
    "date",
    "account_code",
    "account_name",
    "partner",
    "label",
    "debit",
    "credit",
    "balance",
    "currency",
    "amount_currency",
)
BOOKS = ("account.move", "account.move.line", "account.partial.reconcile")
# Groups of accounts whose change is told as people count it: more revenue is positive.
CREDITED = ("revenue", "tax")


class OrderReversal(models.Model):
    """What a reversal does to the books, read from the journal items themselves."""

    _inherit = "order.reversal"

    def _open_books(self, affected):
        """Note the posted journal items of the entries that may change.

        :param dict affected: {reversal: {model: ids}}
        :return: {"mark": last journal item, "owners": {move id: reversal},
            "lines": {id: journal item}}
        """
        owners = {}
        partials = {}
        for reversal, of_model in affected.items():
            # sudo: the entries of documents that the plan read as sudo, too.
            payments = self.env["account.payment"].sudo()
            payments = payments.browse(of_model.get("account.payment", ()))
            for move_id in (
                *of_model.get("account.move", ()),
                *payments.move_id._ids,
            ):
                owners.setdefault(move_id, reversal)
            for release in reversal.step_ids._get_releases():
                partials.setdefault(release.partial_id, reversal)
        self._flush_books()
        *found, (_last, mark) = self._find_side_entries(partials)
        for partial_id, move_id in found:
            owners.setdefault(move_id, partials[partial_id])
        lines = self._read_lines(SQL("aml.move_id = ANY(%s)", list(owners)))
        return {
            "mark": mark,
            "owners": owners,
            "lines": {line["id"]: line for line in lines},
        }

    def _flush_books(self):
        """Write what is pending in the tables that are read, and nothing else."""
        for model in BOOKS:
            self.env[model].flush_model()

    def _find_side_entries(self, partials):
        """Exchange differences and cash basis entries of matches.

        :return: [(match, entry)], and at last (None, the last journal item there is)
        """
        ids = [partial_id for partial_id in partials if partial_id]
        return self.env.execute_query(
            SQL(
                """SELECT id, exchange_move_id FROM account_partial_reconcile
                    WHERE id = ANY(%(ids)s) AND exchange_move_id IS NOT NULL
                    UNION ALL
                   SELECT tax_cash_basis_rec_id, id FROM account_move
                    WHERE tax_cash_basis_rec_id = ANY(%(ids)s)
                    UNION ALL
                   SELECT NULL, COALESCE(MAX(id), 0) FROM account_move_line
                 ORDER BY 1 NULLS LAST""",
                ids=ids,
            )
        )

    def _close_books(self, books):
        """What became of the books since `_open_books`.

        Items that are new, or that are posted again under their own number, and those
        of entries that are posted no more: with debit and credit exchanged, so that the
        sum per account is what the trial balance changes by.

        :return: {reversal: {"entries", "positions", "rows"}}
        """
        self._flush_books()
        posted = self._read_lines(
            SQL(
                "(aml.id > %s OR aml.move_id = ANY(%s))",
                books["mark"],
                list(books["owners"]),
            )
        )
        kept = {line["id"] for line in posted}
        entries = [line for line in posted if line["id"] not in books["lines"]]
        entries += [
            {
                **line,
                "debit": line["credit"],
                "credit": line["debit"],
                "balance": -line["balance"],
                "amount_currency": -line["amount_currency"],
            }
            for line_id, line in books["lines"].items()
            if line_id not in kept
        ]
        # A counter-entry is no payment itself, yet on the same account.
        lines = [*entries, *books["lines"].values()]
        cash = {line["account_id"] for line in lines if line["is_cash"]}
        for entry in entries:
            entry["is_cash"] = entry["account_id"] in cash
        of_reversal = self._attribute(entries, books)
        positions = self._get_positions(of_reversal, books)
        return {
            reversal: {
                "entries": own,
                "positions": positions[reversal],
                "rows": reversal._group_entries(own),
            }
            for reversal, own in of_reversal.items()
        }

    def _attribute(self, entries, books):
        """{reversal: its journal items}, of what many of them made together."""
        if len(self) == 1:
            return {self: entries}
        owners = dict(books["owners"])
        for reversal in self:
            for step in reversal.step_ids.filtered("result_id"):
                move_id = step.result_id
                if step.result_model == "account.payment":
                    # sudo: the entry of what was just made.
                    payment = self.env["account.payment"].sudo().browse(move_id)
                    move_id = payment.move_id.id
                elif step.result_model != "account.move":
                    continue
                owners[move_id] = reversal
        unknown = {entry["move_id"] for entry in entries} - set(owners)
        for move_id, other_id in self._find_causes(unknown):
            if other_id in owners:
                owners.setdefault(move_id, owners[other_id])
        found = {reversal: [] for reversal in self}
        for entry in entries:
            if owner := owners.get(entry["move_id"]):
                found[owner].append(entry)
        return found

    def _find_causes(self, move_ids):
        """Entries that others brought about: [(entry, the other one)]."""
        if not move_ids:
            return []
        return self.env.execute_query(
            SQL(
                """SELECT id, reversed_entry_id FROM account_move
                    WHERE id = ANY(%(ids)s) AND reversed_entry_id IS NOT NULL
                    UNION ALL
                   SELECT id, tax_cash_basis_origin_move_id FROM account_move
                    WHERE id = ANY(%(ids)s)
                      AND tax_cash_basis_origin_move_id IS NOT NULL
                    UNION ALL
                   SELECT partial.exchange_move_id, line.move_id
                     FROM account_partial_reconcile partial
                     JOIN account_move_line line
                       ON line.id IN (partial.debit_move_id, partial.credit_move_id)
                    WHERE partial.exchange_move_id = ANY(%(ids)s)""",
                ids=list(move_ids),
            )
        )

    def _read_lines(self, condition):
        """Posted journal items: what `rehearse` tells of them, and what groups them.

        Payments on their way (their outstanding account) count as cash.
        """
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT aml.id, aml.move_id, aml.company_id, aml.partner_id,
                          (SELECT COALESCE(name->>%(lang)s, name->>'en_US')
                             FROM account_journal
                            WHERE id = aml.journal_id) AS journal,
                          aml.date,
                          account.id AS account_id,
                          account.account_type,
                          split_part(account.account_type, '_', 1) AS internal_group,
                          aml.display_type,
                          aml.tax_line_id,
                          account.code_store->>(
                              SELECT split_part(parent_path, '/', 1)
                                FROM res_company
                               WHERE id = aml.company_id) AS account_code,
                          COALESCE(account.name->>%(lang)s, account.name->>'en_US')
                            AS account_name,
                          COALESCE((SELECT complete_name FROM res_partner
                                     WHERE id = aml.partner_id), '') AS partner,
                          COALESCE(aml.name, '') AS label,
                          aml.debit::float, aml.credit::float, aml.balance::float,
                          (SELECT name FROM res_currency
                            WHERE id = aml.currency_id) AS currency,
                          aml.amount_currency::float,
                          COALESCE(account.account_type IN
                                     ('asset_cash', 'liability_credit_card')
                                   OR (SELECT payment.outstanding_account_id
                                         FROM account_payment payment
                                         JOIN account_move move
                                           ON move.origin_payment_id = payment.id
                                        WHERE move.id = aml.move_id) = account.id,
                                   FALSE) AS is_cash
                     FROM account_move_line aml
                     JOIN account_account account ON account.id = aml.account_id
                    WHERE aml.parent_state = 'posted' AND %(condition)s
                 ORDER BY aml.move_id, aml.id""",
                lang=self.env.lang or "en_US",
                condition=condition,
            )
        )
        return [{**row, "date": row["date"].isoformat()} for row in rows]

    # ------------------------------------------------------------------
    # By partner, and by group of accounts and month
    # ------------------------------------------------------------------

    def _get_positions(self, of_reversal, books):
        """What each partner on the touched receivables and payables owes.

        Read from the posted journal items as they are now; what it was before is
        without the changes. Of many reversals, the last one ends at what is read.

        :param dict of_reversal: {reversal: journal items that it made}
        :return: {reversal: list of positions, as `rehearse` returns them}
        """
        changes = {reversal: defaultdict(float) for reversal in of_reversal}
        for reversal, entries in of_reversal.items():
            for entry in entries:
                if key := self._get_position_key(entry):
                    changes[reversal][key] += entry["balance"]
        for line in books["lines"].values():
            owner = books["owners"].get(line["move_id"])
            if owner in changes and (key := self._get_position_key(line)):
                changes[owner][key] += 0.0
        keys = {key for of_one in changes.values() for key in of_one}
        now = self._read_balances(keys)
        positions = {}
        for reversal in reversed(list(changes)):
            positions[reversal] = []
            for key, change in changes[reversal].items():
                company, partner, account_type = key
                currency = self.env["res.company"].browse(company).currency_id
                after = now.get(key, 0.0)
                now[key] = after - change
                positions[reversal].append(
                    {
                        "partner_id": partner,
                        # sudo: the name, of a partner on a document of the plan.
                        "partner": self.env["res.partner"]
                        .sudo()
                        .browse(partner)
                        .display_name,
                        "account_type": account_type,
                        "before": currency.round(now[key]),
                        "after": currency.round(after),
                        "currency": currency.name,
                    }
                )
            positions[reversal].sort(
                key=lambda row: (row["partner"], row["account_type"])
            )
        return positions

    @staticmethod
    def _get_position_key(line):
        if line["account_type"] in OWED and line["partner_id"]:
            return (line["company_id"], line["partner_id"], line["account_type"])
        return None

    def _read_balances(self, keys):
        """Posted balances by (company, partner, type of account)."""
        if not keys:
            return {}
        companies, partners, _types = map(list, map(set, zip(*keys, strict=True)))
        rows = self.env.execute_query(
            SQL(
                """SELECT aml.company_id, aml.partner_id, account.account_type,
                          SUM(aml.balance)::float
                     FROM account_move_line aml
                     JOIN account_account account ON account.id = aml.account_id
                    WHERE aml.parent_state = 'posted'
                      AND aml.company_id = ANY(%s) AND aml.partner_id = ANY(%s)
                      AND account.account_type IN %s
                 GROUP BY aml.company_id, aml.partner_id, account.account_type""",
                companies,
                partners,
                OWED,
            )
        )
        return {tuple(row[:3]): row[3] for row in rows}

    def _group_entries(self, entries):
        """Changes by group of accounts and month.

        :return: list of {kind, period, amount}, in the company's currency; positive
            raises what the kind counts
        """
        rows = defaultdict(float)
        for entry in entries:
            kind = self._get_entry_kind(entry)
            sign = -1 if kind in CREDITED else 1
            rows[kind, entry["date"][:7]] += sign * entry["balance"]
        return [
            {
                "kind": kind,
                "period": period,
                "amount": self.currency_id.round(amount),
            }
            for (kind, period), amount in sorted(rows.items())
        ]

    def _get_entry_kind(self, entry):
        """To which group of accounts a journal item belongs; override point.

        :param dict entry: see `_read_lines`
        :return: key of `_get_impact_labels`
        """
        if entry["account_type"] in OWED:
            return "receivable"
        if entry["is_cash"]:
            return "cash"
        if entry["display_type"] == "cogs":
            return "cost" if entry["internal_group"] == "expense" else "stock"
        if entry["tax_line_id"]:
            return "tax"
        return "revenue" if entry["internal_group"] == "income" else "other"

    def _publish_entries(self, entries):
        """Journal items as `rehearse` returns them."""
        return [{key: entry[key] for key in ENTRY_KEYS} for entry in entries]

    def _store_impact(self, books):
        """Keep effects on the books, for display.

        :param dict books: see `_close_books`
        """
        for reversal in self:
            found = books[reversal]
            self._engine_env(reversal).impact = {
                **(reversal.impact or {}),
                "rows": found["rows"],
                "positions": found["positions"],
            }

from collections import Counter

from odoo import models
from odoo.tools import SQL

# What has to be the same of a journal item, beside its amounts.
KEPT = ("account_id", "currency_id", "partner_id")
# Where a side item names the match that it follows from.
CAUSE = 8

SIDE_ITEMS = """
    SELECT partial.id, line.account_id, line.currency_id, line.partner_id,
           COALESCE(
               (SELECT jsonb_agg(rel.account_account_tag_id
                                 ORDER BY rel.account_account_tag_id)
                  FROM account_account_tag_account_move_line_rel rel
                 WHERE rel.account_move_line_id = line.id), '[]'::jsonb),
           COALESCE(line.analytic_distribution, '{}'::jsonb),
           line.balance, line.amount_currency,
           COALESCE(
               (SELECT entry.tax_cash_basis_rec_id
                  FROM account_move_line item
                  JOIN account_move entry ON entry.id = item.move_id
                 WHERE item.id IN (partial.debit_move_id, partial.credit_move_id)
                   AND entry.tax_cash_basis_rec_id IS NOT NULL
                 LIMIT 1), partial.id)
      FROM account_partial_reconcile partial
      JOIN account_move move
        ON move.id = partial.exchange_move_id OR move.tax_cash_basis_rec_id = partial.id
      JOIN account_move_line line ON line.move_id = move.id
     WHERE partial.id = ANY(%s) AND move.state = 'posted'
"""


class OrderReversal(models.Model):
    """The ledger that a restore must bring back, account by account.

    The host makes side entries of a match (exchange differences, taxes due on payment)
    by the setup of today (`account.move.line.reconcile`): a setting that was changed
    since puts them on other accounts, or leaves them out.
    """

    _inherit = "order.reversal"

    def _read_side_items(self, partials):
        """The journal items of the side entries of matches.

        :param partials: ids of `account.partial.reconcile`
        :return: list of [match, account, currency, partner, tags, analytic
            distribution, balance, amount in currency, cause], JSON values. The cause
            is the match itself, or the one that made the entry which it matches: tax
            due on payment has an exchange difference of its own.
        """
        if not partials:
            return []
        self.env.flush_all()
        rows = self.env.execute_query(SQL(SIDE_ITEMS, list(partials)))
        return [
            [*row[:6], float(row[6]), float(row[7]), row[8]]
            for row in sorted(rows, key=lambda row: (row[0], row[1], float(row[6])))
        ]

    def _image_of_side_items(self, rows):
        """What the before-image keeps of them.

        :param rows: the rows of the image's matches
        """
        company = self.company_id
        if not company.tax_exigibility and not any(
            row["exchange_move_id"] for row in rows
        ):
            return []
        matches = self.env["account.partial.reconcile"].browse(
            row["id"] for row in rows
        )
        if company.tax_exigibility:
            matches |= self._find_following(matches)
        return self._read_side_items(matches.ids)

    def _compare_ledger(self):
        """What stands on other accounts than before: list of str.

        Of the documents themselves, and of the side entries of those matches that are
        there again; what others matched or took off since is theirs.
        """
        self.ensure_one()
        image = self._snapshot()
        return self._compare_items(image) + self._compare_side_items(image)

    def _compare_items(self, image):
        before, after = {}, {}
        rows = image.get("tables", {}).get("account_move_line", [])
        moves = self.env["account.move"].browse({row["move_id"] for row in rows})
        posted = {
            row["id"]
            for row in image["tables"].get("account_move", [])
            if row["state"] == "posted"
        }
        moves = moves.exists().filtered(
            lambda move: move.id in posted and move.state == "posted"
        )
        for row in rows:
            if row["parent_state"] == "posted":
                key = tuple(row[name] for name in KEPT)
                self._add_item(before, row["move_id"], key, row["balance"])
        for line in moves.line_ids:
            key = tuple(line[name].id or None for name in KEPT)
            self._add_item(after, line.move_id.id, key, line.balance)
        return [
            self.env._(
                "%(document)s: its journal items would not stand on the same accounts "
                "as before: %(accounts)s",
                document=move.display_name,
                accounts=self._name_accounts(before[move.id], after.get(move.id)),
            )
            for move in moves
            if move.id in before and not self._is_same(before, after, move.id)
        ]

    def _compare_side_items(self, image):
        """The side entries of the matches that are there again."""
        rows = image.get("tables", {}).get("account_partial_reconcile", [])
        if "side_items" not in image or not rows:
            return []
        pair_of = {
            row["id"]: (row["debit_move_id"], row["credit_move_id"]) for row in rows
        }
        pairs = set(pair_of.values())
        model = self.env["account.partial.reconcile"]
        lines = {line for pair in pairs for line in pair}
        now = model.search([("debit_move_id", "in", list(lines))]).filtered(
            lambda match: (match.debit_move_id.id, match.credit_move_id.id) in pairs
        )
        pair_now = {
            match.id: (match.debit_move_id.id, match.credit_move_id.id) for match in now
        }
        there = self._find_matched_again(rows, now)
        known = image["side_items"]
        # Images of older versions don't know the cause of a match.
        if all(len(row) > CAUSE for row in known):
            now |= self._find_following(now)
        before, after = {}, {}
        for found, names, items in (
            (before, pair_of, known),
            (after, pair_now, self._read_side_items(now.ids)),
        ):
            for row in items:
                pair = names.get(row[CAUSE] if len(row) > CAUSE else row[0])
                if pair in there:
                    key = (*row[1:4], str(row[4]), str(sorted(row[5].items())))
                    self._add_item(found, pair, key, row[6])
        problems = []
        items = self.env["account.move.line"]
        for pair in sorted(before.keys() | after.keys()):
            if not self._is_same(before, after, pair):
                problems.append(
                    self.env._(
                        "%(documents)s: what goes with their match (tax due on "
                        "payment, exchange difference) would not stand on the same "
                        "accounts as before: %(accounts)s. A setting was changed "
                        "since: set it back for the time of the restore.",
                        documents=", ".join(
                            items.browse(pair).move_id.mapped("display_name")
                        ),
                        accounts=self._name_accounts(before.get(pair), after.get(pair)),
                    )
                )
        return problems

    def _find_following(self, matches):
        """Matches of the entries that these matches made: of taxes due on payment."""
        entries = self.env["account.move"].search(
            [("tax_cash_basis_rec_id", "in", matches.ids)]
        )
        items = entries.line_ids
        return items.matched_debit_ids | items.matched_credit_ids

    def _find_matched_again(self, rows, matches):
        """Pairs of journal items that are matched by as much as they were.

        Of another amount is a match whose other part a later reversal still holds.

        :param rows: of the before-image
        :param matches: `account.partial.reconcile`, as they are now
        :return: set of (id, id)
        """
        before, now = Counter(), Counter()
        for row in rows:
            before[row["debit_move_id"], row["credit_move_id"]] += row["amount"]
        for match in matches:
            now[match.debit_move_id.id, match.credit_move_id.id] += match.amount
        is_zero = self.company_id.currency_id.is_zero
        return {pair for pair in now if is_zero(now[pair] - before[pair])}

    def _add_item(self, found, document, key, balance):
        sums = found.setdefault(document, Counter())
        sums[key] += round(float(balance), 6)

    def _is_same(self, before, after, document):
        """Whether the sums of all keys are the same, to the cent."""
        is_zero = self.company_id.currency_id.is_zero
        one, two = before.get(document, Counter()), after.get(document, Counter())
        return all(is_zero(one[key] - two[key]) for key in one.keys() | two.keys())

    def _name_accounts(self, before, after):
        """The accounts that differ, each with its difference, for a person."""
        currency = self.company_id.currency_id
        sums = Counter()
        for key, amount in (after or Counter()).items():
            sums[key[0]] += amount
        for key, amount in (before or Counter()).items():
            sums[key[0]] -= amount
        accounts = self.env["account.account"].with_company(self.company_id)
        differing = {
            account: amount
            for account, amount in sums.items()
            if not currency.is_zero(amount)
        } or {key[0]: 0.0 for key in {**(before or {}), **(after or {})}}
        return ", ".join(
            f"{accounts.browse(account).display_name} ({currency.format(amount)})"
            for account, amount in sorted(differing.items())
        )

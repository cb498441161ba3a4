from odoo import api, models

from ..engine import Entries

# What a match is: the host itself writes none of it afterwards.
MATCH_FIELDS = {
    "debit_move_id",
    "credit_move_id",
    "amount",
    "debit_amount_currency",
    "credit_amount_currency",
}


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"
    # For what was settled in some days (`settlement_date`).
    _max_date_idx = models.Index("(max_date)")

    def _reversal_amount_of(self, side):
        """What unlinking this match opens again on one of its journal items.

        Of an item in the company's currency the exchange difference is matched with
        it, too, and is unlinked along with this match (`unlink`).

        :param str side: `debit` or `credit`, the item that is asked for
        :return: float, positive, in the currency of that item
        """
        self.ensure_one()
        if not self.exchange_move_id:
            return self[f"{side}_amount_currency"]
        item = self[f"{side}_move_id"]
        other = "credit" if side == "debit" else "debit"
        followers = item[f"matched_{other}_ids"].filtered(
            lambda partial: partial[f"{other}_move_id"].move_id == self.exchange_move_id
        )
        return sum((self | followers).mapped(f"{side}_amount_currency"))

    def _reversal_unlink_full(self):
        """Unlink the full matches that these matches belong to.

        `unlink` does it, too, but afterwards, when all that it computes has to be
        read from the database a second time.
        """
        self.full_reconcile_id.unlink()

    def unlink(self):
        """Guard unreconciling, on every path."""
        self._reversal_guard_matches()
        return super().unlink()

    @api.model
    def _update_matching_number(self, amls):
        """Override to read together what the host goes on with, now that it forgot all.

        Unlinking empties its cache; from here on it would read item by item.
        """
        entries = self.env.context.get("order_reversal_entries")
        if isinstance(entries, Entries):
            # sudo: see `order.reversal.step._reversal_unlink_partials`.
            moves = self.env["account.move"].sudo().browse(entries.ids)
            moves._reversal_read_around()
        return super()._update_matching_number(amls)

    def write(self, vals):
        """Guard matches that are bent: other items, another amount."""
        if MATCH_FIELDS & set(vals):
            self._reversal_guard_matches()
        return super().write(vals)

    def _reversal_guard_matches(self):
        if self and not self.env["order.reversal"]._is_running():
            # sudo: what is matched must not depend on who asks.
            moves = (self.sudo().debit_move_id | self.sudo().credit_move_id).move_id
            moves.filtered(lambda move: move.is_invoice(include_receipts=True)).sudo(
                False
            )._reversal_guard("unreconcile")

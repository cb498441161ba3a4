from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Each payment is asked by itself: a page of them is few, however many there are.
# OFFSET: else the database reads all journal items first.
SETTLES = """(
    EXISTS (SELECT FROM account_move__account_payment link
             WHERE %(payment)s.move_id IS NULL AND link.payment_id = %(payment)s.id
            OFFSET 0)
    OR EXISTS (SELECT FROM account_move_line item
                 JOIN account_account account ON account.id = item.account_id
                WHERE item.move_id = %(payment)s.move_id
                  AND account.account_type
                      IN ('asset_receivable', 'liability_payable')
                  AND (EXISTS (SELECT FROM account_partial_reconcile partial
                                WHERE partial.debit_move_id = item.id OFFSET 0)
                    OR EXISTS (SELECT FROM account_partial_reconcile partial
                                WHERE partial.credit_move_id = item.id OFFSET 0))
               OFFSET 0)
)"""


class AccountPayment(models.Model):
    """Which payments settle anything: the list of settlements."""

    _inherit = "account.payment"

    settles_documents = fields.Boolean(
        compute="_compute_settles_documents",
        search="_search_settles_documents",
        help="Matched with an invoice or bill; without an entry, registered for one.",
    )
    # The host's order of payments: a page of the list is read from its beginning.
    _in_force_idx = models.Index(
        "(date DESC, name DESC, id DESC) WHERE state IN ('in_process', 'paid')"
    )

    def _compute_settles_documents(self):
        saved = [("id", "in", self._origin.ids), ("settles_documents", "=", True)]
        settling = self.search(saved)
        for payment in self:
            payment.settles_documents = payment._origin in settling

    def _search_settles_documents(self, operator, value):
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        self.env.flush_all()
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                SETTLES, payment=SQL.identifier(alias)
            )
        )

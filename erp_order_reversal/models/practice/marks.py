from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: What a practice order is for; False: it is a real one.
CASES = [
    ("take_back", "Take back"),
    ("ask", "Ask for it"),
    ("approve", "Approve"),
    ("restore", "Restore"),
    ("many", "Many at once"),
    ("settle", "Settle again"),
    ("audit", "Audit"),
]


def check_mark(records):
    """Nobody makes a real document a practice one: it would leave the reports.

    :raise ValidationError: not by this addon itself
    """
    if not records.env["order.reversal"]._is_engine():
        raise ValidationError(
            records.env._(
                "What is for practice and what is real can't be changed: %s. Open "
                "“Learn” to get practice orders.",
                ", ".join(records.mapped("display_name")),
            )
        )


def check_customer(documents):
    """Nothing real gets into a journal of practice: it would be removed with it.

    :param documents: entries or payments in such journals
    :raise ValidationError: for somebody else than the practice customer
    """
    # sudo: whose practice it is, whatever of it the user may read.
    practices = documents.env["order.reversal.practice"].sudo()
    customers = {
        practice.company_id: practice.partner_id
        for practice in practices.search(
            [("company_id", "in", documents.company_id.ids)]
        )
    }
    for document in documents:
        customer = customers.get(document.company_id)
        if not customer or document.partner_id != customer:
            raise ValidationError(
                documents.env._(
                    "%(journal)s is for practice: what stands in it is removed from "
                    "“Learn” by one click. Choose another journal for %(document)s.",
                    journal=document.journal_id.display_name,
                    document=document.display_name,
                )
            )


class SaleOrder(models.Model):
    """Orders that are made to practise on are marked as such."""

    _inherit = "sale.order"

    reversal_practice = fields.Selection(
        CASES,
        "Practice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Made to practise on: in no report, in journals of its own, and removed "
        "from “Learn” by one click.",
    )

    @api.constrains("reversal_practice")
    def _check_reversal_practice(self):
        if marked := self.filtered("reversal_practice"):
            check_mark(marked)

    def write(self, vals):
        """Override: the mark can't be taken off either, and the journal stays."""
        if "reversal_practice" in vals or "journal_id" in vals:
            if marked := self.filtered("reversal_practice"):
                check_mark(marked)
        return super().write(vals)


class AccountJournal(models.Model):
    """The journals of practice have numbers of their own."""

    _inherit = "account.journal"

    reversal_practice = fields.Boolean(
        "For Practice", readonly=True, copy=False, help="Its entries are not real."
    )

    @api.constrains("reversal_practice")
    def _check_reversal_practice(self):
        if marked := self.filtered("reversal_practice"):
            check_mark(marked)

    def write(self, vals):
        """Override: the mark can't be taken off either."""
        if "reversal_practice" in vals:
            check_mark(self)
        return super().write(vals)


class AccountMove(models.Model):
    """An entry is for practice if its journal is."""

    _inherit = "account.move"

    reversal_practice = fields.Boolean(
        "Practice", related="journal_id.reversal_practice"
    )

    @api.constrains("journal_id", "partner_id")
    def _check_reversal_practice(self):
        if practice := self.filtered("reversal_practice"):
            check_customer(practice)


class AccountPayment(models.Model):
    """A payment is for practice if its journal is."""

    _inherit = "account.payment"

    reversal_practice = fields.Boolean(
        "Practice", related="journal_id.reversal_practice"
    )

    @api.constrains("journal_id", "partner_id")
    def _check_reversal_practice(self):
        if practice := self.filtered("reversal_practice"):
            check_customer(practice)

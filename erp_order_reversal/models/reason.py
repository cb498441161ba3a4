from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..checks import check_one
from ..const import INVOICE_METHODS, PAYMENT_METHODS, SCOPES


class OrderReversalReason(models.Model):
    """Why an order is taken back, and what that reason asks for."""

    _name = "order.reversal.reason"
    _description = "Reversal Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short code for reports and exchanges.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Leave empty to offer the reason in every company."
    )
    note_required = fields.Boolean(
        help="Whoever gives this reason has to explain it in a note."
    )
    approval_required = fields.Boolean(
        help="Reversals with this reason need a second person, whatever the "
        "company's policy says."
    )
    scope = fields.Selection(
        SCOPES,
        "Default Scope",
        proposal=True,
    )
    invoice_method = fields.Selection(
        INVOICE_METHODS,
        "Default Invoice Method",
        proposal=True,
    )
    payment_method = fields.Selection(
        PAYMENT_METHODS,
        "Default Payment Method",
        proposal=True,
    )
    reversal_count = fields.Integer(compute="_compute_reversal_count")
    fee_type = fields.Selection(
        [
            ("percent", "Percentage of what is credited"),
            ("amount", "Fixed amount"),
        ],
        "Fee",
        help="What the customer is charged for cancelling or restocking: a line of its "
        "own on the credit note.",
    )
    fee_percent = fields.Float(
        "Fee in Percent",
        digits=(16, 2),
        help="Of the amount without taxes that is credited on each invoice.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    fee_amount = fields.Monetary(
        help="For each reversal, on the credit note of its largest invoice. Taxes are "
        "added unless the tax is included in prices.",
    )
    fee_product_id = fields.Many2one(
        "product.product",
        "Fee Product",
        domain=[("type", "=", "service")],
        help="The service that the credit note charges; it says the account, and the "
        "taxes, too, unless others are given here.",
    )
    fee_tax_ids = fields.Many2many(
        "account.tax",
        string="Fee Taxes",
        domain=[("type_tax_use", "=", "sale")],
        help="Leave empty for the taxes of the product.",
    )
    activity_plan_id = fields.Many2one(
        "mail.activity.plan",
        "Tell the Teams",
        domain=[("res_model", "in", ("order.reversal", "sale.order"))],
        ondelete="restrict",
        help="The activities of this plan are assigned when a reversal with this "
        "reason is done: on the reversal, or on its orders.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        "Tell the Customer",
        domain=[("model", "=", "account.move")],
        ondelete="restrict",
        help="The text with which a person may send the credit note to the customer. "
        "Nothing is sent by itself.",
    )

    _code_unique = models.UniqueIndex(
        "(code, company_id) WHERE code IS NOT NULL",
        "This code is used by another reversal reason.",
    )

    def _valid_field_parameter(self, field, name):
        return name == "proposal" or super()._valid_field_parameter(field, name)

    def _compute_reversal_count(self):
        counts = dict(
            self.env["order.reversal"]._read_group(
                [("reason_id", "in", self.ids)], ["reason_id"], ["__count"]
            )
        )
        for reason in self:
            reason.reversal_count = counts.get(reason, 0)

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for reason in self:
            company = reason.company_id or self.env.company
            reason.currency_id = company.currency_id

    @api.constrains("fee_type", "fee_percent", "fee_amount", "fee_product_id")
    def _check_fee(self):
        for reason in self.filtered("fee_type"):
            if reason.fee_type == "percent" and not 0.0 < reason.fee_percent <= 100.0:
                raise ValidationError(
                    self.env._(
                        "The fee of “%(reason)s” can't be %(percent)s %%: give more "
                        "than 0 and no more than 100.",
                        reason=reason.name,
                        percent=reason.fee_percent,
                    )
                )
            if reason.fee_type == "amount" and reason.fee_amount <= 0.0:
                raise ValidationError(
                    self.env._(
                        "The fee of “%s” has to be more than 0. Choose no fee if the "
                        "customer pays none.",
                        reason.name,
                    )
                )
            if reason.fee_product_id.type != "service":
                raise ValidationError(
                    self.env._(
                        "The fee of “%s” needs a product: choose a service, whose "
                        "account and taxes the credit note takes.",
                        reason.name,
                    )
                )

    @api.model
    def _get_mistake(self, company):
        """The shipped reason of a mistake, which is given where nobody chose one.

        :param company: `res.company` in which it is to be given
        :return: `order.reversal.reason`, empty where the company does without it
        """
        shipped = self.env.ref(
            "erp_order_reversal.reason_operation_mistake", raise_if_not_found=False
        )
        # sudo: whether it may be given; it may be another company's by now.
        given = shipped and shipped.sudo()
        if given and given.active and given.company_id <= company:
            return shipped
        return self.browse()

    @api.model
    def _create_placeholder(self):
        """Stands in a rehearsal for the reason that was not chosen yet.

        :return: `order.reversal.reason`, which the caller rolls back
        """
        # sudo: who tries it out makes no reasons; nothing of it stays.
        return self.sudo().create({"name": "-"})

    def _get_fee_taxes(self, company, fiscal_position):
        """The taxes of the fee on a credit note.

        :param company: `res.company` of the invoice
        :param fiscal_position: `account.fiscal.position` of the invoice, may be empty
        """
        self.ensure_one()
        taxes = self.fee_tax_ids._filter_taxes_by_company(company)
        if not taxes:
            taxes = self.fee_product_id.taxes_id._filter_taxes_by_company(company)
        return fiscal_position.map_tax(taxes)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Reasons that were given are evidence: archive them instead."""
        used = self.filtered("reversal_count")
        if used:
            raise self.env["order.reversal"]._error(
                self.env._(
                    "The reasons %(names)s were given for reversals and are part of "
                    "the records. Archive them instead of deleting them.",
                    names=", ".join(used.mapped("name")),
                )
            )

    def action_view_reversals(self):
        """The reversals that give this reason."""
        check_one(self)
        return (
            self.env["order.reversal"]
            .search([("reason_id", "=", self.id)])
            ._get_records_action(name=self.name)
        )

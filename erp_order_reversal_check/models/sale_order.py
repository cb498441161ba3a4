from odoo import models
from odoo.fields import Domain

from odoo.addons.erp_order_reversal.checks import check_records


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "settlement.check.mixin"]
    _settlement_lines = "sale.order.line"

    def _settlement_check_domain(self):
        return Domain("state", "=", "sale")

    def action_print_settlement(self):
        """Print the settlement voucher (结算凭证).

        :return: a report action
        """
        check_records(self)
        return self.env.ref(
            "erp_order_reversal_check.action_report_settlement_order"
        ).report_action(self)

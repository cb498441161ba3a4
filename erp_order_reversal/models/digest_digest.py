from odoo import fields, models
from odoo.exceptions import AccessError

GROUP = "erp_order_reversal.group_reversal_report"


class DigestDigest(models.Model):
    """What was taken back, in the host's regular mail of figures."""

    _inherit = "digest.digest"

    kpi_order_reversal = fields.Boolean("Orders Taken Back")
    kpi_order_reversal_value = fields.Integer(
        compute="_compute_kpi_order_reversal_value"
    )
    kpi_order_reversal_amount = fields.Boolean("Amount Taken Back")
    kpi_order_reversal_amount_value = fields.Monetary(
        compute="_compute_kpi_order_reversal_amount_value"
    )

    def _compute_kpi_order_reversal_value(self):
        self._calculate_reversals("kpi_order_reversal_value")

    def _compute_kpi_order_reversal_amount_value(self):
        self._calculate_reversals("kpi_order_reversal_amount_value", "amount_total")

    def _calculate_reversals(self, name, sum_field=None):
        """What stands of the reversals that were carried out in the period.

        :param str name: of the field that takes the figure
        :param str sum_field: of `order.reversal`; without it they are counted
        :raise AccessError: the analysis is closed to the user, as the host expects it
        """
        if not self.env.user.has_group(GROUP):
            raise AccessError(
                self.env._(
                    "The figures of reversals are for who has the right “Order "
                    "Reversal: Analysis”. Your administrator can give it."
                )
            )
        # sudo: these sums alone, of the companies of the digest, after the check.
        digests = self.sudo()
        digests._calculate_company_based_kpi(
            "order.reversal",
            name,
            date_field="done_on",
            additional_domain=[("state", "=", "done"), ("restores_id", "=", False)],
            sum_field=sum_field,
        )

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("erp_order_reversal.menu_root").id
        action = f"erp_order_reversal.order_reversal_report_action?menu_id={menu}"
        for name in ("kpi_order_reversal", "kpi_order_reversal_amount"):
            actions[name] = action
        return actions

from odoo import api, models


class OrderReversal(models.Model):
    """Buyers are told."""

    _inherit = "order.reversal"

    def _tell_person(self, person, records):
        """Override: of services alone the host has told the buyer (`sale_purchase`)."""
        untold = [record for record in records if not self._is_told_by_host(record)]
        return super()._tell_person(person, untold) if untold else None

    def _is_told_by_host(self, record):
        if record._name != "purchase.order":
            return False
        lines = record.order_line.filtered(lambda line: line.state != "cancel")
        return all(lines.product_id.mapped("service_to_purchase"))


class OrderReversalStep(models.Model):
    """Steps about purchases."""

    _inherit = "order.reversal.step"

    @api.model
    def _get_operation_rows(self):
        """Override: a purchase is made for an order."""
        return self._add_made(super()._get_operation_rows(), "purchase.order")


class OrderReversalPlan(models.AbstractModel):
    """Purchases answer for themselves."""

    _inherit = "order.reversal.plan"

    @api.model
    def _get_known_models(self):
        """Override: `purchase.order` answers as a document."""
        return (*super()._get_known_models(), "purchase.order")

from odoo import api, fields, models


class SaleOrder(models.Model):
    """Practice orders whose invoice differs, to check it."""

    _inherit = "sale.order"

    reversal_practice = fields.Selection(selection_add=[("check", "Check")])


class OrderReversalPractice(models.Model):
    """The lesson of the check: a draft invoice with another price than the order."""

    _inherit = "order.reversal.practice"

    def _prepare_case(self, case):
        """Override: what was put right, or accepted, is none to check any more."""
        orders = super()._prepare_case(case)
        if case == "check":
            # sudo: practice documents alone, after the check of who may practise.
            practice = self.sudo().with_company(self.company_id)
            over = practice._get_orders_of(case).filtered(
                lambda order: order not in orders and not practice._is_ready(order)
            )
            # The list of the lesson shows orders with a draft.
            drafts = over.invoice_ids.filtered(lambda move: move.state == "draft")
            drafts.button_cancel()
        return orders

    def _is_ready(self, order):
        """Override: ready as long as a draft differs and nobody accepted it."""
        if order.reversal_practice == "check":
            drafts = order.invoice_ids.filtered(lambda move: move.state == "draft")
            return "differs" in drafts.mapped("settlement_check_state")
        return super()._is_ready(order)

    def _make_case(self, case):
        """Override to make an invoice that differs from its order."""
        if case != "check":
            return super()._make_case(case)
        order = self._make_order(case)
        invoice = self._make_invoice(order)
        invoice.invoice_line_ids[:1].price_unit += 50.0
        return order


class OnboardingStep(models.Model):
    """The check is one of the first steps, too."""

    _inherit = "onboarding.onboarding.step"

    def _get_reversal_conditions(self):
        return {
            **super()._get_reversal_conditions(),
            "action_open_reversal_check": self._reversal_has_rules,
        }

    def _reversal_has_rules(self):
        """Somebody changed a rule of the company."""
        rules = self.env["settlement.check.rule"].search(
            [("company_id", "=", self.env.company.id)]
        )
        return any(rule.write_date > rule.create_date for rule in rules)

    @api.model
    def action_open_reversal_check(self):
        """The rules of the check."""
        self._check_reversal_manager()
        return self.env["ir.actions.actions"]._for_xml_id(
            "erp_order_reversal_check.settlement_check_rule_action"
        )

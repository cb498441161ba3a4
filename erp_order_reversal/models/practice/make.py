from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: States of a reversal that no longer holds its order.
OVER = ("draft", "rejected", "cancelled", "undone")


class OrderReversalPractice(models.Model):
    """Practice documents, made the way people make them, when a lesson needs them."""

    _inherit = "order.reversal.practice"

    def _prepare_case(self, case):
        """What a lesson is done on: what is ready for the user, else made now.

        :param str case: key of `reversal_practice` of an order
        :raise AccessError: whoever may not practise
        :return: `sale.order`, as the user
        """
        self.ensure_one()
        self._check_may_practise()
        # sudo: practice documents alone, in journals of their own, after our own check.
        practice = self.sudo().with_company(self.company_id)
        practice._set_up()
        orders = practice._get_ready(case)
        if missing := practice._get_count(case) - len(orders):
            for _number in range(missing):
                orders |= practice._make_case(case)
        return orders.with_env(self.env)

    def _get_count(self, case):
        """How many orders a lesson needs: several, so that there is a choice."""
        return 3 if case == "many" else 2

    def _get_ready(self, case):
        ready = self._get_orders_of(case).filtered(self._is_ready)
        return ready[: self._get_count(case)]

    def _get_orders_of(self, case):
        """The orders that were made for the user and a lesson, newest first."""
        return self.env["sale.order"].search(
            [
                *self._get_order_domain(),
                ("reversal_practice", "=", case),
                ("user_id", "=", self.env.uid),
            ],
            order="id desc",
        )

    def _is_ready(self, order):
        """Whether the lesson can be done on this order; override point."""
        reversals = order._reversal_practice_reversals()
        if order.reversal_practice == "approve":
            return any(
                reversal.state == "to_approve"
                and reversal.requester_id != self.env.user
                for reversal in reversals
            )
        if order.reversal_practice == "restore":
            return any(
                reversal.state == "done" and not reversal.restore_ids
                for reversal in reversals
            )
        if order.reversal_practice == "settle":
            return any(r.settled_again_state == "open" for r in reversals)
        if order.reversal_practice == "audit":
            return "done" in reversals.mapped("state")
        return order.settlement_state == "settled" and not reversals.filtered(
            lambda reversal: reversal.state not in OVER
        )

    def _make_case(self, case):
        """One more order for a lesson; override point.

        :return: `sale.order`
        """
        order = self._make_settled(case)
        if case in ("approve", "restore", "audit"):
            self._take_back(order)
        elif case == "settle":
            self._take_back(order, scope="invoice")
        return order

    def _make_order(self, case, **values):
        """A confirmed practice order of the user, without taxes."""
        number = self.env["ir.sequence"].next_by_code("order.reversal.practice")
        model = self.env["order.reversal"]._engine_env(self.env["sale.order"])
        order = model.with_company(self.company_id).create(
            {
                "name": number,
                "company_id": self.company_id.id,
                "partner_id": self.partner_id.id,
                "user_id": self.env.uid,
                "team_id": False,
                "journal_id": self.journal_id.id,
                "pricelist_id": False,
                "payment_term_id": False,
                "fiscal_position_id": False,
                "reversal_practice": case,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product_id.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                    for quantity, price in self._get_lines(number)
                ],
                **values,
            }
        )
        order = order.with_env(self.env)
        order.action_confirm()
        return order

    def _get_lines(self, number):
        """Quantities and prices: no two orders alike, which the check would tell."""
        count = int("".join(filter(str.isdigit, number))[-4:] or 0)
        return [(1.0, 100.0 + count), (2.0, 40.0)]

    def _make_invoice(self, order):
        invoice = order._create_invoices(final=True)
        invoice.journal_id = self.journal_id
        return invoice

    def _make_settled(self, case):
        """An order, invoiced and paid."""
        order = self._make_order(case)
        invoice = self._make_invoice(order)
        invoice.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create(
            {"journal_id": self.payment_journal_id.id, "group_payment": True}
        )._create_payments()
        return order

    def _take_back(self, order, scope="cancel"):
        """Taken back by the system itself, which is not whoever practises.

        Where the lesson is to approve it, it waits for that.
        """
        system = order.with_user(SUPERUSER_ID).with_company(self.company_id)
        reversal = system.env["order.reversal"].create(
            {
                "order_id": order.id,
                "scope": scope,
                "reason_id": self._get_reason().id,
                "note": self.env._("Made to practise on."),
            }
        )
        reversal.action_submit()
        return reversal

    def _get_reason(self):
        """The shipped one; else the first, rather one that charges nothing.

        :raise UserError: there is none
        :return: `order.reversal.reason`
        """
        reasons = self.env["order.reversal.reason"]
        if shipped := reasons._get_mistake(self.company_id):
            return shipped
        usable = reasons.search([("company_id", "in", (False, self.company_id.id))])
        reason = usable.filtered(lambda reason: not reason.fee_type)[:1] or usable[:1]
        if not reason:
            raise UserError(
                self.env._(
                    "There is no reason to give in %s. A reversal manager adds one "
                    "under Configuration, Reasons; then start the lesson again.",
                    self.company_id.name,
                )
            )
        return reason


class SaleOrder(models.Model):
    """The reversals of a practice order."""

    _inherit = "sale.order"

    def _reversal_practice_reversals(self):
        return self.env["order.reversal"].search(
            [("order_id", "in", self.ids), ("restores_id", "=", False)]
        )

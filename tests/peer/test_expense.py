"""Expenses that an order charges: no addon answers for them, so they are listed."""

from .test_peer import PeerCase


class TestExpense(PeerCase):
    def test_is_listed_with_its_state(self):
        order, _invoice, _payment = self.settle()
        product = self.env["product.product"].create(
            {
                "name": "Travel",
                "type": "service",
                "can_be_expensed": True,
                "expense_policy": "cost",
            }
        )
        employee = self.env["hr.employee"].sudo().create({"name": "Traveller"})
        expenses = self.env["hr.expense"].sudo()
        expense = expenses.create(
            {
                "name": "Taxi",
                "employee_id": employee.id,
                "product_id": product.id,
                "total_amount_currency": 30.0,
                "sale_order_id": order.id,
            }
        )
        found = self.request(order).rehearse()["findings"]
        [listed] = [row for row in found if row["res_model"] == expenses._name]
        self.assertEqual((listed["code"], listed["severity"]), ("beside", "info"))
        self.assertEqual(listed["res_id"], expense.id)
        self.assertIn("1 × ", listed["message"])
        self.assertIn("Draft", listed["message"])
        self.reverse(order)
        self.assertEqual(expense.state, "draft")

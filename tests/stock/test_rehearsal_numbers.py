"""A rehearsal of goods: it is shown, and uses up no number of a transfer."""

from .common import GoodsCase


class TestRehearsalNumbers(GoodsCase):
    def numbers(self):
        """{sequence: what it gives next}, of all sequences of the company."""
        self.env.flush_all()
        self.env.invalidate_all()
        sequences = self.env["ir.sequence"].sudo().search([])
        ranges = sequences.date_range_ids
        return {record: record.number_next_actual for record in [*sequences, *ranges]}

    def test_the_dialog_shows_the_goods(self):
        order = self.settle_goods(products=self.desk)[0]
        for method, text in (
            ("return", "Received back now"),
            ("request_return", "Comes back once"),
            ("keep", "Stays with the customer"),
        ):
            with self.subTest(method):
                model = self.env["order.reversal"].with_user(self.clerk)
                shown = model.preview_request(
                    {"order_id": order.id, "delivery_method": method}
                )
                self.assertIn(text, shown["impact_html"])
                self.assertIn("Desk", shown["impact_html"])

    def test_no_number_is_used_up(self):
        for method in ("return", "request_return", "keep"):
            with self.subTest(method):
                order = self.settle_goods(products=self.desk)[0]
                reversal = self.request(order, "cancel", delivery_method=method)
                before = self.numbers()
                tried = reversal.with_user(self.clerk).rehearse()
                blockers = [f for f in tried["findings"] if f["severity"] == "blocker"]
                self.assertFalse(blockers)
                self.assertTrue(tried["effects"])
                self.assertEqual(self.numbers(), before)
                reversal.action_submit()
                self.assertEqual(reversal.state, "done")
                if method == "return":
                    self.assertNotEqual(self.numbers(), before, "a return has one")

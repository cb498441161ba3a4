"""A rehearsal makes returns and deliveries, and uses up no number of theirs."""

from .common import GoodsCase


class TestRehearsalNumbers(GoodsCase):
    def numbers(self):
        """{sequence: what it gives next}, of all sequences of the company."""
        self.env.flush_all()
        self.env.invalidate_all()
        sequences = self.env["ir.sequence"].sudo().search([])
        ranges = sequences.date_range_ids
        return {record: record.number_next_actual for record in [*sequences, *ranges]}

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

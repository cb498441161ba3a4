"""How many queries one order costs: a count, the same on every machine."""

from odoo.tests import Form

from .common import ReversalCase

# With the settlement check; a few more than counted, as other tests leave some of the
# process's caches behind. Whoever adds a query takes another one away, or says here
# what the new one is for. Two write down what was done in the second language.
CEILINGS = {"credit": 216, "void": 236}
DIALOG = 30


class TestQueries(ReversalCase):
    def test_one_order(self):
        for method, ceiling in CEILINGS.items():
            for _round in range(2):  # the first fills the caches of the process
                order = self._settle_alone()
                spent = self._count(
                    lambda order=order, method=method: self._take_back(order, method)
                )
                self.assertEqual(order.state, "cancel")
            with self.subTest(payment=method):
                self.assertLessEqual(spent, ceiling)

    def test_dialog(self):
        order = self._settle_alone().with_user(self.clerk)
        action = order.action_open_reversal()
        view = self.env["ir.ui.view"].browse(action["views"][0][0])
        model = self.env["order.reversal"].with_user(self.clerk)
        form = Form(model.with_context(**action["context"]), view=view)
        spec = form._view["fields_spec"]

        def open_dialog():
            context = order.action_open_reversal()["context"]
            answer = model.with_context(**context).onchange({}, [], spec)
            self.assertTrue(answer["value"]["step_ids"])

        for _round in range(2):
            spent = self._count(open_dialog)
        self.assertLessEqual(spent, DIALOG)

    def _settle_alone(self):
        """An order of the clerk, so that nobody has to be told.

        Its customer has no other one: there is nothing to compare it with.
        """
        partner = self.env["res.partner"].create({"name": "Somebody"})
        order, _i, _p = self.settle(partner=partner, user_id=self.clerk.id)
        order.action_lock()
        return order

    def _take_back(self, order, method):
        self.request(
            order, "cancel", invoice_method="credit_note", payment_method=method
        ).action_submit()

    def _count(self, work):
        self.env.flush_all()
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

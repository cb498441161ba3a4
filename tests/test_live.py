"""Many at once on a server of its own: in the browser, by the scheduler."""

from .crash import commands
from .live import LiveCase, Server, committed, wait_until


class TestLive(LiveCase):
    @classmethod
    def make_server(cls):
        return Server("--max-cron-threads=1", chunk=2, direct_limit=5, pause=1)

    def test_bulk_with_progress_seen_moving(self):
        """From the list to the result; the scheduler does the work meanwhile."""
        small = self.settle(8)
        big = self.settle(2, quantity=10)
        [held] = self.settle(1)
        with committed() as env:
            company = env["res.company"].browse(self.company_id)
            company.write(
                {"reversal_approval": "above", "reversal_approval_amount": 1000.0}
            )
            self.authorize(env["sale.order"].browse(held))
        self.start_tour(
            "/odoo/settled-orders?debug=tests",
            "order_reversal_bulk",
            login=self.login,
            timeout=600,
        )
        with committed() as env:
            orders = env["sale.order"].browse(small)
            self.assertEqual(set(orders.mapped("state")), {"cancel"})
            self.assertEqual(
                set(env["sale.order"].browse([*big, held]).mapped("state")), {"sale"}
            )
            reversals = env["order.reversal"].search([("order_id", "in", orders.ids)])
            batch = reversals.batch_id
            self.assertEqual(
                (batch.state, batch.done_count, batch.waiting_count), ("done", 8, 2)
            )
            self.assertEqual(batch.failed_ids.order_id.id, held)
            self.assertEqual(batch.requester_id.login, self.login)
            # The scheduler told how far it was, by its own progress API.
            self.assertTrue(
                env["ir.cron.progress"].search(
                    [
                        ("cron_id", "=", env.ref("erp_order_reversal.cron_batch").id),
                        ("done", ">", 0),
                    ]
                )
            )

    def authorize(self, order):
        provider = order.env["payment.provider"].create(
            {"name": "Live", "code": "demo", "company_id": self.company_id}
        )
        order.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": order.env.ref("payment.payment_method_unknown").id,
                "reference": f"{order.name}-live",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": order.ids,
                "state": "authorized",
            }
        )

    def test_the_scheduler_goes_on_with_what_was_left(self):
        """Nobody has to ask: a batch whose worker died is taken up."""
        with committed() as env:
            built = commands.build(env, self.company_id, 4)
            env.ref("erp_order_reversal.cron_batch")._trigger()

        def done():
            with committed() as env:
                batch = env["order.reversal.batch"].browse(built["batch"])
                return batch.state == "done" and batch.done_count

        self.assertEqual(wait_until(done, what="the scheduler"), 4)

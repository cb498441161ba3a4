"""Some products are taken back from many documents, the rest stays settled."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError

from .batch import BatchCase


class TestProducts(BatchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recalled, cls.fine = cls.services[:2]

    def take(self, records, user=None, **values):
        return self.batch(
            records,
            user=user,
            product_ids=[Command.set(self.recalled.ids)],
            **values,
        )

    def test_a_recalled_product(self):
        with_it = self.settle_many(2, quantity=3.0)
        without = self.settle_many(1, products=self.fine)
        image = self.image(without, without.invoice_ids)
        batch = self.take(with_it | without, scope="cancel")
        self.assertEqual(batch.assessment["ready"], 2)
        self.assertEqual(batch.assessment["amount"], 2 * 345.0)
        [group] = batch.assessment["groups"]
        self.assertEqual(group["code"], "part_product_missing")
        self.assertEqual([row[1] for row in group["documents"]], without.ids)
        batch.action_start()
        self.assertEqual((batch.done_count, batch.failed_count), (2, 1))
        self.assertIn(without.name, batch.failed_ids.error)
        self.assertEqual(self.image(without, without.invoice_ids), image)
        for order in with_it:
            self.assertEqual(order.state, "sale")
            self.assertEqual(order.order_line[0].product_uom_qty, 0.0)
            self.assertEqual(order.order_line[1].product_uom_qty, 3.0)
            self.assertEqual(order.order_line.mapped("qty_invoiced"), [0.0, 3.0, 3.0])
        done = batch.reversal_ids.filtered(lambda r: r.state == "done")
        self.assertTrue(all(reversal.is_part for reversal in done))
        self.assertTrue(all(reversal.action_verify() for reversal in done))
        batch.action_retry()
        self.assertEqual((batch.done_count, batch.failed_count), (2, 1))
        self.assertEqual(self.image(without, without.invoice_ids), image)

    def test_so_many_of_each(self):
        """Over the lines of the product, each in its own unit."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.make_order(
            order_line=[
                Command.create(
                    {
                        "product_id": self.recalled.id,
                        "product_uom_qty": quantity,
                        "product_uom_id": unit.id,
                    }
                )
                for quantity, unit in ((2.0, self.recalled.uom_id), (1.0, dozen))
            ]
        )
        other = self.make_order(self.recalled, quantity=3.0)
        for one in (order, other):
            self.invoice(one).is_move_sent = True
        batch = self.take(order | other, scope="invoice", product_quantity=5.0)
        batch.action_start()
        self.assertEqual(batch.done_count, 2)
        self.assertEqual(order.order_line[0].qty_invoiced, 0.0)
        self.assertEqual(order.order_line[1].qty_invoiced, 0.75)
        self.assertEqual(other.order_line.qty_invoiced, 0.0)
        self.assertEqual(other.order_line.product_uom_qty, 3.0)

    def test_of_invoices(self):
        orders = self.settle_many(2, quantity=3.0)
        batch = self.take(orders.invoice_ids, product_quantity=1.0)
        batch.action_start()
        self.assertEqual(batch.done_count, 2)
        self.assertEqual(set(orders.order_line.mapped("qty_invoiced")), {2.0, 3.0})

    def test_restored(self):
        orders = self.settle_many(2, quantity=3.0)
        settled = self.trial_balance()
        batch = self.take(orders, scope="cancel")
        batch.action_start()
        batch.with_user(self.manager).action_restore()
        self.assertBooks(settled)
        self.assertEqual(set(orders.order_line.mapped("product_uom_qty")), {3.0})

    def test_what_takes_no_part(self):
        order, _invoice, payment = self.settle()
        for batch in (self.take(order, scope="draft"), self.take(payment)):
            with self.assertRaises(UserError), self.cr.savepoint():
                batch.action_start()
            self.assertEqual(batch.state, "draft")
        for quantity in (-1.0, "many", True, float("nan")):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.take(order, product_quantity=quantity)

"""Open returns survive; lots, serial numbers and packages come back as they went."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError

from .common import GoodsCase


class TestOpenReturns(GoodsCase):
    def test_the_host_alone_kills_an_open_return(self):
        """What `request_return` has to survive."""
        order = self.make_order(products=self.desk, quantity=3.0)
        self.deliver(order)
        back = self.send_back(order.picking_ids, validate=False)
        order.action_cancel()
        self.assertEqual(back.state, "cancel")

    def test_an_open_return_stays_and_the_rest_is_asked_for(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        delivery = order.picking_ids
        back = self.send_back(delivery, {self.desk: 1.0}, validate=False)
        reversal = self.reverse(order, "cancel")
        self.assertEqual(
            self.operations(reversal),
            [("request_return", delivery.name), ("request_return", back.name)],
        )
        self.assertEqual(back.state, "assigned")
        rest = reversal._get_returns() - back
        self.assertEqual(rest.move_ids.product_uom_qty, 2.0)
        self.transfer(back | rest)
        self.assertNothingDelivered(order)
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)

    def test_an_open_return_is_received(self):
        before = self.on_hand()
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        delivery = order.picking_ids
        back = self.send_back(delivery, {self.desk: 1.0}, validate=False)
        self.reverse(order, "cancel", delivery_method="return")
        self.assertEqual(back.state, "done")
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), before)

    def test_an_open_return_is_cancelled_when_the_goods_stay(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        delivery = order.picking_ids
        back = self.send_back(delivery, {self.desk: 1.0}, validate=False)
        reversal = self.reverse(order, "cancel", delivery_method="keep")
        self.assertEqual(
            self.operations(reversal), [("cancel", back.name), ("keep", delivery.name)]
        )
        self.assertEqual(
            self.step_of(reversal, delivery).data["goods"], [["Desk", 3.0, "Units"]]
        )
        self.assertEqual(back.state, "cancel")

    def test_a_dialog_instead_of_a_receipt_is_a_refusal(self):
        """Another addon asks something first: said before, refused in its words."""
        order, invoice, _payment = self.settle_goods(products=self.desk)
        before, books = self.on_hand(), self.trial_balance()
        dialog = {"type": "ir.actions.act_window", "name": "Quality Check"}
        reversal = self.request(order, "cancel", delivery_method="return")
        with patch.object(
            type(order.picking_ids), "button_validate", lambda self: dialog
        ):
            [found] = [
                found
                for found in reversal.rehearse()["findings"]
                if found["severity"] == "blocker"
            ]
            self.assertEqual(found["code"], "host_refused")
            self.assertIn("Quality Check", found["message"])
            with (
                self.assertRaisesRegex(UserError, "Quality Check.*Ask the warehouse"),
                self.env.cr.savepoint(),
            ):
                reversal.action_submit()
        self.env.invalidate_all()
        self.assertEqual((order.state, invoice.payment_state), ("sale", "paid"))
        self.assertEqual(len(order.picking_ids), 1)
        self.assertEqual(self.on_hand(), before)
        self.assertBooks(books)

    def test_verification_sees_a_return_that_was_cancelled(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        reversal = self.reverse(order, "cancel")
        back = reversal._get_returns()
        back.action_cancel()
        self.assertFalse(reversal.action_verify())
        self.assertIn(back.name, reversal.verify_detail)

    def test_verification_sees_a_quantity_that_was_changed(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        reversal = self.reverse(order, "cancel")
        back = reversal._get_returns()
        self.transfer(back, {self.desk: 1.0}, backorder=False)
        self.assertFalse(reversal.action_verify())
        self.assertIn("only 1.0 of 3.0 Desk", reversal.verify_detail)

    def test_verification_sees_a_return_that_is_not_received(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        reversal = self.reverse(order, "cancel", delivery_method="return")
        back = reversal._get_returns()
        self.env.cr.execute(
            "UPDATE stock_picking SET state = 'assigned' WHERE id = %s", [back.id]
        )
        back.invalidate_recordset(["state"])
        self.assertFalse(reversal.action_verify())
        self.assertIn(back.name, reversal.verify_detail)

    def test_a_delivery_that_is_cancelled_by_nobody_else(self):
        """The set of transfers that stay can't be given from outside."""
        order = self.make_order(products=self.desk)
        delivery = order.picking_ids
        delivery.with_context(order_reversal_kept_pickings=delivery.ids).action_cancel()
        self.assertEqual(delivery.state, "cancel")

    def test_snapshot_holds_the_transfers(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        delivery = order.picking_ids
        reversal = self.reverse(order, "cancel", delivery_method="return")
        text = reversal.snapshot_json()
        for table in ("stock_picking", "stock_move", "stock_move_line"):
            self.assertIn(f'"{table}"', text)
        self.assertIn(delivery.name, text)
        self.assertNotIn(reversal._get_returns().name, text)

    def test_transfers_are_told(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        delivery = order.picking_ids
        reversal = self.reverse(order, "cancel", delivery_method="return")
        for picking in delivery | reversal._get_returns():
            notes = picking.message_ids.filtered(
                lambda message: reversal.name in (message.body or "")
            )
            self.assertEqual(len(notes), 1, picking.name)
        self.assertEqual(delivery.with_user(self.clerk).reversal_count, 1)
        self.assertEqual(
            delivery.with_user(self.clerk).action_view_reversals()["res_id"],
            reversal.id,
        )
        self.assertEqual(reversal.return_count, 1)
        self.assertEqual(
            reversal.action_view_returns()["res_id"], reversal._get_returns().id
        )
        logged = reversal.log_ids.filtered(lambda row: row.res_id == delivery.id)
        self.assertEqual(logged.detail["operation"], "return")
        self.assertEqual(
            delivery.with_user(self.clerk).action_open_reversal()["context"][
                "default_order_id"
            ],
            order.id,
        )

    def test_a_transfer_of_no_order(self):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "location_id": self.shelf.id,
                "location_dest_id": self.customers.id,
            }
        )
        with self.assertRaisesRegex(UserError, "no sales order"):
            picking.with_user(self.clerk).action_open_reversal()

    def test_preview_moves_nothing(self):
        order, _invoice, _payment = self.settle_goods(products=self.desk)
        before = self.on_hand()
        count = len(order.picking_ids)
        reversal = self.request(order, "cancel", delivery_method="return")
        self.assertTrue(reversal.preview_entries())
        order.invalidate_recordset()
        self.assertEqual(len(order.picking_ids), count)
        self.assertEqual(self.on_hand(), before)

    def test_several_orders_at_once(self):
        before = self.on_hand()
        orders = [self.settle_goods()[0] for _number in range(3)]
        reversals = self.env["order.reversal"]
        for order in orders:
            reversals |= self.request(order, "cancel", delivery_method="return")
        reversals.with_user(self.clerk).action_submit()
        self.assertEqual(reversals.mapped("state"), ["done"] * 3)
        for order in orders:
            self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), before)


class TestLots(GoodsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cloth = cls.make_goods("Cloth", tracking="lot")
        cls.red, cls.blue = cls.make_lots(cls.cloth, "red", "blue")
        cls.receive(cls.cloth, 10, lots=cls.red)
        cls.receive(cls.cloth, 10, lots=cls.blue)
        cls.phone = cls.make_goods("Phone", tracking="serial")
        cls.serials = cls.make_lots(cls.phone, "S1", "S2", "S3", "S4")
        cls.receive(cls.phone, 4, lots=cls.serials)

    def deliver_lots(self, order, quantities):
        """Deliver exactly these lots: {lot: quantity}."""
        picking = self.open_pickings(order)
        move = picking.move_ids
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create(
                {
                    "product_id": move.product_id.id,
                    "location_id": self.shelf.id,
                    "location_dest_id": move.location_dest_id.id,
                    "picking_id": picking.id,
                    "lot_id": lot.id,
                    "quantity": quantity,
                }
            )
            for lot, quantity in quantities.items()
        ]
        move.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        return picking

    def test_the_same_lots_come_back(self):
        before = self.quants(self.cloth)
        order = self.make_order(products=self.cloth, quantity=5.0)
        self.deliver_lots(order, {self.red: 2.0, self.blue: 3.0})
        self.pay(self.invoice(order))
        reversal = self.reverse(order, "cancel", delivery_method="return")
        lines = reversal._get_returns().move_line_ids
        self.assertEqual(
            {line.lot_id.name: line.quantity for line in lines},
            {"red": 2.0, "blue": 3.0},
        )
        self.assertEqual(self.quants(self.cloth), before)

    def test_the_lots_that_are_left_come_back(self):
        before = self.quants(self.cloth)
        order = self.make_order(products=self.cloth, quantity=5.0)
        delivery = self.deliver_lots(order, {self.red: 2.0, self.blue: 3.0})
        back = self.send_back(delivery, {self.cloth: 2.0}, validate=False)
        back.move_ids.move_line_ids.unlink()
        back.move_ids.move_line_ids = [
            Command.create(
                {
                    "product_id": self.cloth.id,
                    "location_id": back.location_id.id,
                    "location_dest_id": back.location_dest_id.id,
                    "picking_id": back.id,
                    "lot_id": self.blue.id,
                    "quantity": 2.0,
                }
            )
        ]
        back.move_ids.picked = True
        back.button_validate()
        self.pay(self.invoice(order))
        reversal = self.reverse(order, "cancel", delivery_method="return")
        lines = reversal._get_returns().move_line_ids
        self.assertEqual(
            {line.lot_id.name: line.quantity for line in lines},
            {"red": 2.0, "blue": 1.0},
        )
        self.assertEqual(self.quants(self.cloth), before)

    def test_the_same_serial_numbers_come_back(self):
        before = self.quants(self.phone)
        order = self.make_order(products=self.phone, quantity=2.0)
        self.deliver_lots(order, {self.serials[1]: 1.0, self.serials[3]: 1.0})
        self.pay(self.invoice(order))
        self.reverse(order, "cancel", delivery_method="return")
        self.assertEqual(self.quants(self.phone), before)

    def test_an_open_return_names_the_serial_numbers(self):
        order = self.make_order(products=self.phone, quantity=2.0)
        self.deliver_lots(order, {self.serials[1]: 1.0, self.serials[3]: 1.0})
        self.pay(self.invoice(order))
        reversal = self.reverse(order, "cancel")
        self.assertEqual(
            set(reversal._get_returns().move_line_ids.lot_id.mapped("name")),
            {"S2", "S4"},
        )

    def test_a_serial_number_that_is_in_stock_already(self):
        """Nothing is done by halves when the host refuses the return."""
        order = self.make_order(products=self.phone, quantity=1.0)
        self.deliver_lots(order, {self.serials[0]: 1.0})
        invoice = self.invoice(order)
        self.pay(invoice)
        self.receive(self.phone, 1, lots=self.serials[0])
        reversal = self.request(order, "cancel", delivery_method="return")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            reversal.action_submit()
        self.assertEqual(order.state, "sale")
        self.assertEqual(invoice.payment_state, "paid")

    def test_packages_come_back(self):
        before = self.on_hand()
        order = self.make_order(products=self.desk, quantity=3.0)
        picking = self.open_pickings(order)
        picking.action_assign()
        picking.move_ids.picked = True
        package = self.env["stock.package"].create({"name": "PACK-T1"})
        picking.move_line_ids.result_package_id = package
        self.transfer(picking)
        self.assertTrue(package.quant_ids)
        self.pay(self.invoice(order))
        self.reverse(order, "cancel", delivery_method="return")
        self.assertNothingDelivered(order)
        self.assertEqual(self.on_hand(), before)

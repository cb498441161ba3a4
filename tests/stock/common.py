"""Orders of goods, delivered by the host's own flows."""

from odoo import Command, fields

from ..common import GROUP, ReversalCase


class GoodsCase(ReversalCase):
    """A warehouse, goods in it, and a clerk who may also make returns.

    `clerk` is the lowest-privileged user who may carry out everything; `seller` may
    invoice but not move goods.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.shelf = cls.warehouse.lot_stock_id
        cls.vendors = cls.env.ref("stock.stock_location_suppliers")
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.seller = cls.clerk
        sales = "sales_team.group_sale_salesman_all_leads"
        invoicing = "account.group_account_invoice"
        stock = "stock.group_stock_user"
        cls.clerk = cls._user("stock_clerk_t", sales, invoicing, stock, GROUP + "user")
        cls.stock_approver = cls._user(
            "stock_approver_t", sales, invoicing, stock, GROUP + "approver"
        )
        cls.boss = cls._user("stock_boss_t", sales, invoicing, stock, GROUP + "manager")
        cls.desk = cls.make_goods("Desk", cost=10.0, price=100.0)
        cls.lamp = cls.make_goods("Lamp", cost=4.0, price=20.0)
        cls.receive(cls.desk, 20)
        cls.receive(cls.lamp, 20)

    # ------------------------------------------------------------------
    # Goods
    # ------------------------------------------------------------------

    @classmethod
    def make_goods(
        cls,
        name,
        cost=10.0,
        price=100.0,
        valuation="periodic",
        cost_method="standard",
        policy="order",
        **values,
    ):
        category = cls.env["product.category"].create(
            {
                "name": f"{name}: {valuation}, {cost_method}",
                "property_valuation": valuation,
                "property_cost_method": cost_method,
            }
        )
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "categ_id": category.id,
                "standard_price": cost,
                "list_price": price,
                "invoice_policy": policy,
                "taxes_id": [Command.set(cls.tax.ids)],
                "property_account_income_id": cls.company_data[
                    "default_account_revenue"
                ].id,
                **values,
            }
        )

    @classmethod
    def receive(cls, product, quantity, cost=None, lots=None):
        """Goods come in from a vendor, at a price of their own."""
        move = cls.env["stock.move"].create(
            {
                "product_id": product.id,
                "location_id": cls.vendors.id,
                "location_dest_id": cls.shelf.id,
                "product_uom": product.uom_id.id,
                "product_uom_qty": quantity,
                "picking_type_id": cls.warehouse.in_type_id.id,
                "company_id": cls.company.id,
                "price_unit": cost or product.standard_price,
                "value_manual": (cost or product.standard_price) * quantity,
            }
        )
        move._action_confirm()
        if lots:
            move.move_line_ids.unlink()
            move.move_line_ids = [
                Command.create(
                    {
                        "product_id": product.id,
                        "location_id": cls.vendors.id,
                        "location_dest_id": cls.shelf.id,
                        "quantity": quantity / len(lots),
                        "lot_id": lot.id,
                    }
                )
                for lot in lots
            ]
        else:
            move._action_assign()
        move.picked = True
        move._action_done()
        return move

    @classmethod
    def make_lots(cls, product, *names):
        return cls.env["stock.lot"].create(
            [
                {"name": name, "product_id": product.id, "company_id": cls.company.id}
                for name in names
            ]
        )

    @classmethod
    def pull_the_chain(cls):
        """The transfers of a delivery in steps are made beforehand, and chained."""
        rules = cls.warehouse.delivery_route_id.rule_ids
        rules[0].location_dest_id = rules[1].location_src_id
        rules[1].action = "pull"
        rules[2].action = "pull"

    # ------------------------------------------------------------------
    # Flows
    # ------------------------------------------------------------------

    @classmethod
    def transfer(cls, pickings, quantities=None, backorder=True, parts=None):
        """Validate transfers, in full or for some quantities.

        :param dict quantities: {product: quantity}, of all its moves
        :param dict parts: {move: quantity}
        """
        moves = pickings.move_ids
        for move in moves.filtered(lambda m: m.state not in ("done", "cancel")):
            wanted = (quantities or {}).get(move.product_id, (parts or {}).get(move))
            move.quantity = move.product_uom_qty if wanted is None else wanted
            move.picked = bool(move.quantity)
        context = {"skip_backorder": True, "skip_sms": True}
        if not backorder:
            context["picking_ids_not_to_backorder"] = pickings.ids
        pickings.with_context(**context).button_validate()
        return pickings

    @classmethod
    def open_pickings(cls, order):
        return order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )

    @classmethod
    def deliver(cls, order, quantities=None, **values):
        return cls.transfer(cls.open_pickings(order), quantities, **values)

    @classmethod
    def send_back(cls, picking, quantities=None, validate=True, to_refund=True):
        """A return by the host's wizard: {product: quantity}, or all of it."""
        wizard = cls.env["stock.return.picking"].create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = (
                line.move_id.quantity
                if quantities is None
                else quantities.get(line.product_id, 0.0)
            )
            line.to_refund = to_refund
        back = cls.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        if validate:
            cls.transfer(back)
        return back

    @classmethod
    def settle_goods(cls, products=None, quantity=3.0, deliver=None, **values):
        """Ordered, delivered ({product: quantity}, all, or False), invoiced, paid."""
        order = cls.make_order(
            products=cls.desk | cls.lamp if products is None else products,
            quantity=quantity,
            **values,
        )
        if deliver is not False:
            cls.deliver(order, deliver)
        invoice = cls.invoice(order)
        invoice.is_move_sent = True
        payment = cls.pay(invoice)
        return order, invoice, payment

    # ------------------------------------------------------------------
    # What must hold
    # ------------------------------------------------------------------

    def on_hand(self, *products):
        """Quantity and value of goods, as the host tells them."""
        self.env.flush_all()
        self.env.invalidate_all()
        found = {}
        for product in products or (self.desk, self.lamp):
            product = product.with_company(self.company)
            found[product.name] = (
                product.qty_available,
                round(product.total_value, 2),
            )
        return found

    def quants(self, *products):
        """{(location, lot): quantity} within the warehouse."""
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "in", [product.id for product in products]),
                ("location_id.usage", "=", "internal"),
                ("company_id", "=", self.company.id),
            ]
        )
        found = {}
        for quant in quants:
            key = (quant.location_id.complete_name, quant.lot_id.name)
            found[key] = found.get(key, 0.0) + quant.quantity
        return {key: quantity for key, quantity in found.items() if quantity}

    def operations(self, reversal):
        return [
            (step.operation, step.res_name)
            for step in reversal.step_ids
            if step.res_model == "stock.picking"
        ]

    def step_of(self, reversal, picking):
        return reversal.step_ids.filtered(
            lambda step: step.res_model == "stock.picking" and step.res_id == picking.id
        )

    def codes(self, reversal):
        return reversal.finding_ids.mapped("code")

    def assertNothingDelivered(self, order):
        order.order_line.invalidate_recordset(["qty_delivered"])
        self.assertEqual(set(order.order_line.mapped("qty_delivered")), {0.0})

    @staticmethod
    def yesterday():
        return fields.Date.subtract(fields.Date.today(), days=1)

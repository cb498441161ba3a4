import contextlib
import logging

from odoo import api, fields, models
from odoo.fields import Command

_logger = logging.getLogger(__name__)

MODULE = "erp_order_reversal"


class OrderReversalDemo(models.AbstractModel):
    """Makes the orders of the demo data, the way people make them.

    Called by `demo/order_reversal_demo.xml` alone.
    """

    _name = "order.reversal.demo"
    _description = "Demo Orders to Take Back"

    @api.model
    def _load_orders(self):
        """One settled order of each shape, a done reversal and one to approve.

        Nothing is made where the company has no chart of accounts.
        """
        company = self.env.ref("base.main_company")
        if not company.chart_template:
            _logger.info("No demo orders to take back: no chart of accounts yet.")
            return
        clerk = self.env.ref(f"{MODULE}.user_clerk")
        # sudo: the rights that other addons ask for (`sale_loyalty`: to cancel) must
        # not keep demo data from being loaded.
        self = (
            self.with_user(clerk).with_context(allowed_company_ids=company.ids).sudo()
        )
        for load in (
            self._load_plain,
            self._load_locked,
            self._load_two_payments,
            self._load_shared_payment,
            self._load_shared_invoice,
            self._load_down_payment,
            self._load_unpaid,
            self._load_part_credited,
        ):
            load()
        with self._in_each_language():
            self._load_done()
            self._load_waiting()

    @contextlib.contextmanager
    def _in_each_language(self):
        """Somebody reads each installed language, so that a reversal is told in it.

        Whoever tries the demo chooses the language later. Nobody of them is asked to
        approve anything: the approver's requests stay in the approver's language.
        """
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        readers = [
            self.env.ref(f"{MODULE}.user_{name}") for name in ("auditor", "requester")
        ]
        before = [(user, user.lang) for user in readers]
        others = [code for code in installed if code != self.env.user.lang]
        for user, code in zip(readers, others, strict=False):
            user.lang = code
        try:
            yield
        finally:
            for user, code in before:
                user.lang = code

    # ------------------------------------------------------------------
    # Shapes
    # ------------------------------------------------------------------

    def _load_plain(self):
        self._make_payment(
            self._make_invoice(self._make_order("plain", "hotel", consulting=2))
        )

    def _load_locked(self):
        """Of last month, sent to the customer, and locked."""
        date = fields.Date.subtract(fields.Date.today(), months=1)
        order = self._make_order("locked", "bakery", consulting=1, training=4)
        order.date_order = date
        invoice = self._make_invoice(order, date)
        invoice.is_move_sent = True
        self._make_payment(invoice, payment_date=date)
        order.action_lock()

    def _load_two_payments(self):
        invoice = self._make_invoice(
            self._make_order("two_payments", "hotel", consulting=3, installation=1)
        )
        self._make_payment(invoice, amount=1000.0)
        self._make_payment(invoice)

    def _load_shared_payment(self):
        orders = self._make_order("shared_payment_1", "bakery", installation=1)
        orders |= self._make_order("shared_payment_2", "bakery", training=3)
        self._make_payment(
            self._make_invoice(orders[0]) | self._make_invoice(orders[1])
        )

    def _load_shared_invoice(self):
        orders = self._make_order("shared_invoice_1", "hotel", installation=2)
        orders |= self._make_order("shared_invoice_2", "hotel", training=5)
        self._make_payment(self._make_invoice(orders))

    def _load_down_payment(self):
        order = self._make_order("down_payment", "hotel", consulting=5)
        self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "percentage",
                "amount": 30.0,
            }
        ).create_invoices()
        order.invoice_ids.action_post()
        self._make_payment(order.invoice_ids)
        self._make_payment(self._make_invoice(order))

    def _load_unpaid(self):
        self._make_invoice(self._make_order("unpaid", "bakery", consulting=1))

    def _load_part_credited(self):
        """One of three lines was credited before, the rest was paid."""
        order = self._make_order(
            "part_credited", "bakery", consulting=1, installation=1, training=1
        )
        invoice = self._make_invoice(order)
        credit = invoice._reverse_moves(
            [{"ref": "Training fell through", "invoice_date": invoice.date}]
        )
        credit.invoice_line_ids[:2].unlink()
        credit.action_post()
        self._make_payment(invoice)

    def _load_done(self):
        order = self._make_order("done", "bakery", consulting=1, installation=1)
        invoice = self._make_invoice(order)
        invoice.is_move_sent = True
        self._make_payment(invoice)
        self._make_reversal(order, "done", "reason_customer_withdrew").action_submit()

    def _load_waiting(self):
        order = self._make_order("waiting", "hotel", installation=1, training=2)
        invoice = self._make_invoice(order)
        invoice.is_move_sent = True
        self._make_payment(invoice)
        requester = self.env.ref(f"{MODULE}.user_requester")
        order = order.with_user(requester)
        self._make_reversal(order, "waiting", "reason_order_wrong").action_submit()

    # ------------------------------------------------------------------
    # Documents
    # ------------------------------------------------------------------

    def _make_order(self, name, partner, **quantities):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env.ref(f"{MODULE}.partner_{partner}").id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.env.ref(f"{MODULE}.product_{key}").id,
                            "product_uom_qty": quantity,
                        }
                    )
                    for key, quantity in quantities.items()
                ],
            }
        )
        order.action_confirm()
        self._keep(f"demo_order_{name}", order)
        return order

    def _make_invoice(self, orders, date=None):
        invoice = orders._create_invoices(final=True)
        if date:
            invoice.invoice_date = date
        invoice.action_post()
        return invoice

    def _make_payment(self, invoices, **values):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        ).create({"group_payment": True, **values})._create_payments()

    def _make_reversal(self, order, name, reason):
        reversal = order.env["order.reversal"].create(
            {"order_id": order.id, "reason_id": self.env.ref(f"{MODULE}.{reason}").id}
        )
        self._keep(f"demo_reversal_{name}", reversal)
        return reversal

    def _keep(self, name, record):
        """Give `record` an external identifier."""
        # sudo: a clerk writes no identifiers; the record is the clerk's own.
        self.env["ir.model.data"].sudo()._update_xmlids(
            [{"xml_id": f"{MODULE}.{name}", "record": record, "noupdate": True}]
        )

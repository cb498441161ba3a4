"""Settled orders of every ordinary and odd shape, built by the host's own flows."""

from dataclasses import dataclass

from hypothesis import strategies as st

from odoo import Command

PRICES = st.sampled_from([0.01, 0.35, 1.0, 9.99, 33.33, 100.0, 250.5, 1234.56])
QUANTITIES = st.sampled_from([1.0, 2.0, 3.0, 7.0])
TAXES = ("plain", "included", "two", "none", "cash_basis")


@dataclass(frozen=True)
class Shape:
    """One settled order beside a neighbour, and how it is taken back."""

    lines: tuple
    neighbour: str
    down_payment: int
    foreign: bool
    payments: str
    earlier_credit: str
    sent: bool
    locked: bool
    global_rounding: bool
    root: str
    scope: str
    invoice_method: str
    payment_method: str
    undo: str
    #: cash basis is switched off: `before` it is taken back, or `since`
    switched: str = ""
    #: an order in the company's currency, invoiced in another one
    invoice_currency: bool = False
    #: a line stands on a reconcilable account of deposits, and is open
    deposits: bool = False
    #: by whom: `alone`, `approved` by somebody else, or as the one of a `batch`
    way: str = "alone"
    #: settled again, where it was not restored
    again: bool = False


lines = st.lists(
    st.tuples(
        PRICES,
        QUANTITIES,
        st.sampled_from([0.0, 0.0, 10.0, 33.0, 100.0]),
        st.sampled_from(TAXES),
    ),
    min_size=1,
    max_size=4,
).map(tuple)

VALUES = dict(
    lines=lines,
    neighbour=st.sampled_from(["none", "payment", "invoice", "both"]),
    down_payment=st.sampled_from([0, 0, 0, 30]),
    foreign=st.sampled_from([False, False, True]),
    payments=st.sampled_from(["none", "whole", "whole", "part", "two", "write_off"]),
    earlier_credit=st.sampled_from(["none", "none", "none", "open", "whole", "draft"]),
    sent=st.booleans(),
    locked=st.booleans(),
    global_rounding=st.booleans(),
    root=st.sampled_from(["order", "order", "invoice", "payment"]),
    scope=st.sampled_from(["payment", "invoice", "draft", "cancel", "cancel"]),
    invoice_method=st.sampled_from(["auto", "auto", "credit_note", "void"]),
    payment_method=st.sampled_from(["auto", "credit", "void", "refund"]),
    undo=st.sampled_from(
        ["", "", "this", "this_then_neighbour", "neighbour_then_this"]
    ),
    way=st.sampled_from(["alone", "alone", "approved", "batch"]),
    again=st.booleans(),
)
shapes = st.builds(Shape, **VALUES)
#: What is not as the order is, or by another setup than today's.
odd_setups = st.builds(
    Shape,
    **{
        **VALUES,
        "down_payment": st.just(0),
        "earlier_credit": st.just("none"),
        "neighbour": st.sampled_from(["none", "payment"]),
        "payments": st.sampled_from(["whole", "part", "two"]),
        "root": st.just("order"),
        "undo": st.sampled_from(["", "this", "this"]),
    },
    switched=st.sampled_from(["", "before", "since"]),
    invoice_currency=st.booleans(),
    deposits=st.booleans(),
)


class Builder:
    """Builds a `Shape` in the company of a `ReversalCase`."""

    def __init__(self, case, shape):
        self.case = case
        self.shape = shape
        self.env = case.env
        self.orders = self._orders()
        self.order = self.orders[0]
        self.neighbour = self.orders[1:]
        self.invoices = self.env["account.move"]
        self.payments = self.env["account.payment"]

    def _orders(self):
        shape = self.shape
        values = {}
        if shape.foreign:
            values["pricelist_id"] = self.case.euro_pricelist.id
        orders = self.env["sale.order"]
        for number in range(1 if shape.neighbour == "none" else 2):
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.case.partner.id,
                    **values,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.case.services[0].id,
                                "product_uom_qty": quantity + number,
                                "price_unit": price,
                                "discount": discount,
                                "tax_ids": [Command.set(self.case.taxes[tax].ids)],
                            }
                        )
                        for price, quantity, discount, tax in shape.lines
                    ],
                }
            )
            order.action_confirm()
            orders |= order
        return orders

    def settle(self):
        shape = self.shape
        if shape.down_payment and shape.neighbour not in ("invoice", "both"):
            self._down_payment()
        if shape.neighbour in ("invoice", "both"):
            self.invoices |= self._invoice(self.orders)
        else:
            for order in self.orders:
                self.invoices |= self._invoice(order)
        self._credit_earlier()
        self._pay()
        self.invoices.filtered(
            lambda move: move.state == "posted"
        ).is_move_sent = shape.sent
        if shape.locked:
            self.orders.action_lock()

    def _invoice(self, orders):
        invoice = self.case.invoice(orders, date="2026-02-10", post=False)
        if self.shape.invoice_currency:
            invoice.currency_id = self.case.euro
        if self.shape.deposits:
            invoice.invoice_line_ids[:1].account_id = self.case.deposits
        invoice.action_post()
        return invoice

    def _down_payment(self):
        """A part of the order, invoiced beforehand; of a cent, nothing would be."""
        part = self.order.amount_total * self.shape.down_payment / 100
        if self.order.currency_id.is_zero(part):
            return
        self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=self.order.ids
        ).create(
            {"advance_payment_method": "percentage", "amount": self.shape.down_payment}
        ).create_invoices()
        invoice = self.order.invoice_ids
        invoice.invoice_date = "2026-02-01"
        invoice.action_post()
        self.invoices |= invoice

    def _credit_earlier(self):
        shape = self.shape
        invoice = self.invoices[-1:] if not self.neighbour else self.invoices[:1]
        if shape.earlier_credit == "none" or not invoice.amount_total:
            return
        credit = invoice._reverse_moves(
            [{"invoice_date": "2026-02-20", "date": "2026-02-20"}], cancel=False
        )
        if shape.earlier_credit != "whole":
            credit.invoice_line_ids[1:].unlink()
        if shape.earlier_credit != "draft" and credit.amount_total >= 0:
            credit.action_post()

    def _pay(self):
        shape = self.shape
        open_invoices = self.invoices.filtered(
            lambda move: move.amount_residual > 0.02
            and move.state == "posted"
            and move.move_type == "out_invoice"
        )
        if shape.payments == "none" or not open_invoices:
            return
        if shape.neighbour in ("payment", "both"):
            groups = [open_invoices]
        else:
            groups = list(open_invoices)
        for group in groups:
            total = sum(group.mapped("amount_residual"))
            half = group.currency_id.round(total / 2)
            if shape.payments == "part" and half:
                self._register(group, half)
            elif shape.payments == "two" and half:
                self._register(group, half)
                self._register(group)
            elif shape.payments == "write_off" and half:
                self._register(
                    group,
                    half,
                    payment_difference_handling="reconcile",
                    writeoff_account_id=self.case.company_data[
                        "default_account_expense"
                    ].id,
                )
            else:
                self._register(group)

    def _register(self, invoices, amount=None, **values):
        date = "2026-03-05" if self.shape.foreign else "2026-02-25"
        self.payments |= self.case.pay(
            invoices, amount=amount, payment_date=date, **values
        )

    @property
    def root(self):
        if self.shape.root == "invoice":
            return self.invoices[:1]
        if self.shape.root == "payment" and self.payments:
            return self.payments[:1]
        return self.order

    def documents(self):
        moves = self.orders.order_line.invoice_lines.move_id
        return [self.orders, moves, self.payments]

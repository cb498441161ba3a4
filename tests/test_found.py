"""Orders that the generator found wrong once, each by what was the matter."""

from .generator import Shape
from .test_generated import GeneratedCase

PLAIN = {
    "neighbour": "none",
    "down_payment": 0,
    "foreign": True,
    "payments": "whole",
    "earlier_credit": "none",
    "sent": True,
    "locked": False,
    "global_rounding": False,
    "root": "order",
    "scope": "cancel",
    "invoice_method": "auto",
    "payment_method": "auto",
    "undo": "",
}


class TestFound(GeneratedCase):
    def shape(self, *lines, **values):
        self.check(Shape(lines=lines, **{**PLAIN, **values}))

    def test_a_tax_that_only_the_earlier_credit_note_had(self):
        """0.03 EUR have a tax of 0.01 in the company's currency on the copy alone."""
        self.shape(
            (0.01, 3.0, 0.0, "two"),
            (250.5, 7.0, 0.0, "none"),
            (0.35, 2.0, 33.0, "none"),
            (100.0, 3.0, 100.0, "cash_basis"),
            neighbour="payment",
            earlier_credit="open",
            root="payment",
            scope="draft",
        )

    def test_cash_basis_of_a_down_payment_that_was_credited(self):
        self.shape(
            (250.5, 7, 0, "cash_basis"),
            neighbour="payment",
            down_payment=30,
            earlier_credit="whole",
            global_rounding=True,
            scope="payment",
            invoice_method="credit_note",
            payment_method="refund",
            undo="this",
        )

    def test_orders_of_one_invoice_that_was_paid_in_part(self):
        self.shape(
            (33.33, 7, 0, "none"),
            (9.99, 3, 0, "none"),
            neighbour="invoice",
            payments="part",
            invoice_method="credit_note",
        )

    def test_orders_of_one_invoice_with_a_write_off(self):
        self.shape(
            (33.33, 7, 0, "plain"),
            (9.99, 3, 0, "plain"),
            neighbour="invoice",
            payments="write_off",
            invoice_method="credit_note",
        )

    def test_a_credit_note_of_more_than_was_due(self):
        """The final invoice without its deducted down payment was credited."""
        self.shape(
            (1234.56, 3.0, 10.0, "plain"),
            down_payment=30,
            payments="write_off",
            earlier_credit="open",
            locked=True,
            global_rounding=True,
            scope="invoice",
            payment_method="refund",
        )

    def test_a_cent_left_by_a_credit_note_of_the_whole(self):
        self.shape(
            (9.99, 3.0, 10.0, "included"),
            neighbour="payment",
            down_payment=30,
            earlier_credit="open",
            global_rounding=True,
            root="payment",
            undo="this",
        )

    def test_a_credit_note_that_was_rounded_up(self):
        self.shape(
            (100.0, 2.0, 0.0, "cash_basis"),
            (100.0, 2.0, 0.0, "cash_basis"),
            (1.0, 2.0, 0.0, "included"),
            (0.35, 7.0, 10.0, "two"),
            neighbour="payment",
            earlier_credit="open",
            sent=False,
            global_rounding=True,
            root="payment",
            scope="draft",
        )

    def test_a_voided_invoice_keeps_its_taxes_to_the_cent(self):
        self.shape(
            (1234.56, 2.0, 0.0, "included"),
            (100.0, 1.0, 0.0, "none"),
            payments="part",
            earlier_credit="draft",
            sent=False,
            locked=True,
            root="payment",
            scope="draft",
            invoice_method="void",
            undo="this",
        )

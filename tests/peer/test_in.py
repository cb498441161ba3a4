"""India: the section of the GST return that a credit note belongs to."""

from odoo import Command

from .sent import SentCase
from .test_peer import PeerCase


class TestGst(PeerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        chart = cls.env["account.chart.template"].with_company(cls.company)
        cls.gst = chart.ref("sgst_sale_18")

    def with_gst(self, partner=None):
        return self.make_order(
            partner=partner,
            order_line=[
                Command.create(
                    {"product_id": product.id, "tax_ids": [Command.set(self.gst.ids)]}
                )
                for product in self.services
            ],
        )

    def sections(self, move):
        lines = move.line_ids.filtered("tax_tag_ids")
        self.assertTrue(lines)
        return set(lines.mapped("l10n_in_gstr_section"))

    def test_section_of_a_credit_note(self):
        invoice = self.invoice(self.with_gst())
        self.assertEqual(self.sections(invoice), {"sale_b2b_regular"})
        self.assertPeers(invoice)
        credit = self.by_reversal(invoice)
        self.assertEqual(self.sections(credit), {"sale_cdnr_regular"})

    def test_section_of_a_part(self):
        order = self.with_gst()
        invoice = self.invoice(order)
        reversal = self.reverse(
            order,
            "invoice",
            invoice_method="credit_note",
            line_ids=[
                Command.create(
                    {"order_line_id": order.order_line[0].id, "quantity": 1.0}
                )
            ],
        )
        credit = invoice.reversal_move_ids
        self.assertEqual(self.sections(credit), {"sale_cdnr_regular"})
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(set(order.order_line.mapped("qty_invoiced")), {1.0})


class TestSent(SentCase, PeerCase):
    """What the portal of e-invoices has."""

    def register(self, invoice):
        invoice.sudo().l10n_in_edi_status = "sent"

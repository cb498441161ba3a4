"""Peer comparison: our credit note of an invoice, and the host wizard's of its twin."""

from odoo import Command

from ..common import ReversalCase
from .countries import COUNTRY

#: Numbers, links of their own, and what each says of itself.
OWN_FIELDS = {
    "id",
    "access_token",
    "audit_trail_message_ids",
    "create_date",
    "create_uid",
    "full_reconcile_id",
    "inalterable_hash",
    # Whether a draft was written to, as the wizard does: ours is made at once.
    "is_manually_modified",
    # The reason, as each of them has it.
    "l10n_tw_edi_invalidate_reason",
    # The second in which each was confirmed.
    "l10n_sa_confirmation_datetime",
    "made_sequence_gap",
    "matching_number",
    "move_id",
    "move_name",
    "name",
    "payment_reference",
    "ref",
    "sequence_number",
    "sequence_prefix",
    "write_date",
    "write_uid",
}


class PeerCase(ReversalCase):
    """A company of the country that the database is for."""

    chart_template = COUNTRY.chart

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(cls._values(COUNTRY.company))
        cls.company.partner_id.write(cls._values(COUNTRY.own))
        cls.partner.write(cls._values(COUNTRY.partner))
        cls.company_data["default_journal_sale"].write(COUNTRY.journal)
        cls.partner.bank_ids = [Command.create({"acc_number": "12345"})]

    @classmethod
    def _values(cls, values):
        return {
            name: cls.env.ref(value.removeprefix("xml:")).id
            if isinstance(value, str) and value.startswith("xml:")
            else value
            for name, value in values.items()
        }

    # ------------------------------------------------------------------

    def by_host(self, invoice, **values):
        """A person's way: the wizard, then *Confirm*."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "date": self.today(),
                    "journal_id": invoice.journal_id.id,
                    "reason": "Peer",
                    **values,
                }
            )
        )
        wizard.refund_moves()
        wizard.new_move_ids.action_post()
        return wizard.new_move_ids

    def by_reversal(self, invoice, **values):
        reversal = self.reverse(
            invoice, "invoice", invoice_method="credit_note", **values
        )
        [step] = reversal.step_ids.filtered(lambda step: step.operation == "credit")
        return self.env["account.move"].browse(step.result_id)

    def image_of(self, credit):
        self.env.flush_all()
        self.env.invalidate_all()
        lines = [self._plain(line) for line in credit.line_ids]
        return self._plain(credit), sorted(lines, key=self._line_key)

    def _plain(self, record):
        values = {}
        for name, field in sorted(record._fields.items()):
            if (
                not field.store
                or field.type in ("one2many", "binary", "properties")
                or name in OWN_FIELDS
                or name.startswith(("message_", "activity_"))
            ):
                continue
            value = record[name]
            if field.relational:
                value = tuple(sorted(value.ids))
            elif field.type == "float":
                value = round(value, 6)
            elif field.type == "html":
                value = str(value or "")
            values[name] = value
        return values

    def _line_key(self, line):
        names = ("display_type", "product_id", "balance", "quantity", "tax_line_id")
        return str([line[name] for name in names])

    def given(self, invoice, values=None):
        """What a person gives, where the country wants something."""
        own = COUNTRY.given if invoice.is_sale_document() else {}
        return {**own, **(values or {})}

    def assertPeers(self, invoice, ours=None, theirs=None):
        """Take the invoice back twice, by the host and by us, and compare."""
        images = []
        for make, values in ((self.by_host, theirs), (self.by_reversal, ours)):
            with self.env.cr.savepoint() as savepoint:
                credit = make(invoice, **self.given(invoice, values))
                self.assertEqual(credit.state, "posted")
                images.append(self.image_of(credit))
                savepoint.rollback()
            self.env.invalidate_all(flush=False)
        (header, lines), (own_header, own_lines) = images
        self.assertEqual(self._different(own_header, header), {})
        self.assertEqual(len(own_lines), len(lines))
        self.assertLines(invoice, own_lines, lines)

    def assertLines(self, invoice, own_lines, lines):
        """Line by line; but taxes go back to the account that they came from.

        Where the tax names another one for refunds, the books of two accounts would
        stay changed after all was taken back.
        """
        accounts = {
            (account.id,)
            for account in invoice.line_ids.filtered("tax_line_id").account_id
        }
        for own, line in zip(own_lines, lines, strict=True):
            if line["display_type"] == "tax" and own["account_id"] in accounts:
                line = {**line, "account_id": own["account_id"]}
            self.assertEqual(self._different(own, line), {}, line["display_type"])

    @staticmethod
    def _different(own, other):
        """{field: (ours, the host's)} where they differ."""
        return {
            name: (value, other[name])
            for name, value in own.items()
            if value != other[name]
        }


class TestPeer(PeerCase):
    """The invoices of an ordinary day."""

    def test_plain(self):
        self.assertPeers(self.invoice(self.make_order()))

    def test_discount_section_and_note(self):
        order = self.make_order(
            order_line=[
                Command.create({"display_type": "line_section", "name": "Section"}),
                *[
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 3.0,
                            "price_unit": 33.33,
                            "discount": 10.0,
                        }
                    )
                    for product in self.services
                ],
                Command.create({"display_type": "line_note", "name": "Note"}),
            ]
        )
        self.assertPeers(self.invoice(order))

    def test_instalments(self):
        self.assertPeers(
            self.invoice(self.make_order(payment_term_id=self.pay_terms_b.id))
        )

    def test_due_in_a_month(self):
        terms = self.env.ref("account.account_payment_term_30days")
        self.assertPeers(self.invoice(self.make_order(payment_term_id=terms.id)))

    def test_early_payment_discount(self):
        for computation in ("included", "excluded", "mixed"):
            with self.subTest(computation):
                terms = self.env["account.payment.term"].create(
                    {
                        "name": computation,
                        "early_discount": True,
                        "discount_percentage": 2.0,
                        "discount_days": 10,
                        "early_pay_discount_computation": computation,
                        "line_ids": [
                            Command.create(
                                {
                                    "value": "percent",
                                    "value_amount": 100.0,
                                    "nb_days": 30,
                                }
                            )
                        ],
                    }
                )
                order = self.make_order(payment_term_id=terms.id)
                self.assertPeers(self.invoice(order))

    def test_final_invoice_after_a_down_payment(self):
        order = self.make_order()
        self.down_payment(order, 30)
        self.assertPeers(self.invoice(order))

    def test_customer_reference_and_other_address(self):
        order = self.make_order(client_order_ref="PO 7", note="Thank you")
        invoice = self.invoice(order)
        self.assertPeers(invoice)

    def test_vendor_bill(self):
        """Where the vendor numbers it, both are given the same number."""
        number = COUNTRY.number
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner.id,
                "invoice_date": self.today(),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.services[0].id,
                            "price_unit": 70.0,
                            "tax_ids": [
                                Command.set(
                                    self.company_data["default_tax_purchase"].ids
                                )
                            ],
                        }
                    )
                ],
                **({"l10n_latam_document_number": number} if number else {}),
            }
        )
        bill.action_post()
        given = {}
        if number:
            given["l10n_latam_document_number"] = COUNTRY.credit_number
        self.assertPeers(bill, given, given)

    def test_a_batch_of_invoices(self):
        """In bulk, each is what the wizard makes of it alone."""
        invoices = self.env["account.move"]
        for quantity in (1.0, 2.0):
            invoices |= self.invoice(self.make_order(quantity=quantity))
        images = []
        with self.env.cr.savepoint() as savepoint:
            for invoice in invoices:
                credit = self.by_host(invoice, **self.given(invoice))
                images.append(self.image_of(credit))
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        reversals = self.env["order.reversal"].with_user(self.clerk)
        for invoice in invoices:
            reversals |= self.request(
                invoice,
                "invoice",
                invoice_method="credit_note",
                **self.given(invoice),
            )
        reversals.action_submit()
        self.assertEqual(set(reversals.mapped("state")), {"done"})
        for invoice, (header, lines) in zip(invoices, images, strict=True):
            credit = invoice.reversal_move_ids
            own_header, own_lines = self.image_of(credit)
            self.assertEqual(self._different(own_header, header), {})
            self.assertLines(invoice, own_lines, lines)

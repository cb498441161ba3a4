"""Countries whose invoices are sent to the authorities, and not reset to draft then."""


class SentCase:
    """To be mixed into a `PeerCase`."""

    def register(self, invoice):
        """What the country's addon writes once the authorities have the invoice."""
        raise NotImplementedError

    def unsent(self):
        """An order that is settled, and an invoice that nobody was sent."""
        order, invoice, _payment = self.settle(sent=False)
        return order, invoice

    def operations(self, order, **values):
        reversal = self.request(order, **values)
        reversal.action_assess()
        codes = reversal.finding_ids.mapped("code")
        return set(reversal.step_ids.mapped("operation")), codes

    def test_it_is_credited_never_void(self):
        order, invoice = self.unsent()
        self.assertIn("void", self.operations(order)[0])
        self.register(invoice)
        operations, _codes = self.operations(order)
        self.assertIn("credit", operations)
        self.assertNotIn("void", operations)
        _operations, codes = self.operations(order, invoice_method="void")
        self.assertIn("void_refused", codes)
        before = self.trial_balance()
        reversal = self.reverse(order)
        self.assertEqual((invoice.state, invoice.payment_state), ("posted", "reversed"))
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "sale")
        self.assertBooks(before)

    def test_its_credit_note_is_the_hosts(self):
        invoice = self.invoice(self.make_order())
        self.register(invoice)
        self.assertPeers(invoice)

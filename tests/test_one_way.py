"""What makes a reversal one-way is said before it, by the rehearsal."""

from odoo.exceptions import UserError

from .batch import BatchCase


class TestOneWay(BatchCase):
    def foretold(self, root, scope=None, **values):
        """The finding that says so, and the request that it stands on."""
        reversal = self.request(root, scope, **values)
        reversal.action_assess()
        return reversal.finding_ids.filtered(lambda f: f.code == "one_way"), reversal

    def preview(self, order, scope="cancel"):
        """What the dialog asks for last, as a clerk."""
        model = self.env["order.reversal"].with_user(self.clerk)
        return model.preview_way_back({"order_id": order.id, "scope": scope})

    def check_one_way(self, reversal):
        """It can be carried out, and not restored by anybody."""
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")
        books = self.trial_balance()
        with self.assertRaises(UserError), self.cr.savepoint():
            reversal.with_user(self.manager).action_undo()
        self.assertBooks(books)

    def check_selection(self, order):
        """The dialog on a selection says it, too; of an unpaid draft it is silent."""
        other = self.make_order()
        groups = self.batch(order | other, scope="cancel").assessment["groups"]
        found = {
            (group["code"], row[1]) for group in groups for row in group["documents"]
        }
        self.assertEqual(found, {("one_way", order.id)})

    def test_nothing_is_said_of_what_can_be_restored(self):
        for scope in ("unlock", "payment", "invoice", "draft", "cancel"):
            with self.subTest(scope=scope):
                order, _invoice, _payment = self.settle()
                order.action_lock()
                settled = self.trial_balance()
                found, reversal = self.foretold(order, scope)
                self.assertFalse(found, found.message)
                self.assertBooks(settled)
                self.assertEqual(reversal.state, "draft")
                self.assertFalse(reversal.done_on)
                self.assertFalse(reversal.restore_ids)
                self.assertFalse(self.preview(order, scope))

    def test_a_reason_that_asks_for_a_note(self):
        """Not yet written, or written: the restore will have one of its own."""
        reason = self.reason.sudo()
        reason.note_required = True
        order, _invoice, _payment = self.settle()
        model = self.env["order.reversal"].with_user(self.clerk)
        for note in (False, "Typed twice"):
            values = {"order_id": order.id, "reason_id": reason.id, "note": note}
            self.assertFalse(model.preview_way_back(values), note)

    def test_a_reason_that_was_archived(self):
        """Meanwhile, while the request waits: another one will be chosen."""
        reversal = self.request(self.settle()[0])
        reversal.reason_id.sudo().active = False
        reversal._get_restore_reason().sudo().active = False
        tried = reversal.rehearse()
        codes = {found["code"] for found in tried["findings"]}
        self.assertIn("reason_archived", codes)
        self.assertNotIn("one_way", codes)

    def test_a_hashed_journal(self):
        order, invoice, _payment = self.settle()
        invoice.journal_id.sudo().restrict_mode_hash_table = True
        found, reversal = self.foretold(order)
        self.assertEqual(found.severity, "warning")
        self.assertIn("hash", found.message)
        self.assertEqual([row["code"] for row in self.preview(order)], ["one_way"])
        self.assertTrue(found.remedy)
        self.check_selection(order)
        self.check_one_way(reversal)

    def test_a_setting_that_was_changed_since_it_was_settled(self):
        self.company.tax_exigibility = True
        waiting = self.company_data["default_account_tax_sale"].copy()
        waiting.reconcile = True
        later = self.tax.copy(
            {
                "name": "Due on payment",
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": waiting.id,
            }
        )
        self.services[0].taxes_id = later
        order, _invoice, _payment = self.settle(products=self.services[0])
        later.sudo().tax_exigibility = "on_invoice"
        found, reversal = self.foretold(order)
        self.assertIn("due on payment", found.message)
        self.check_selection(order)
        self.check_one_way(reversal)
        # and before the setting was changed it was none
        later.sudo().tax_exigibility = "on_payment"
        reversal.with_user(self.manager).action_undo()

    def test_a_write_off_on_the_exchange_account(self):
        order = self.make_order()
        invoice = self.invoice(order)
        invoice.is_move_sent = True
        self.pay(
            invoice,
            amount=680.0,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company.expense_currency_exchange_account_id.id,
        )
        settled = self.trial_balance()
        found, reversal = self.foretold(order)
        if found:
            self.check_one_way(reversal)
        else:
            reversal.action_submit()
            reversal.with_user(self.manager).action_undo()
            self.assertBooks(settled)

"""Bad input and missing rights: a clear error, and nothing changed."""

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from .common import ReversalCase


class TestRefusals(ReversalCase):
    def _create(self, user=None, **values):
        return (
            self.env["order.reversal"]
            .with_user(user or self.clerk)
            .create({"reason_id": self.reason.id, **values})
        )

    def test_no_root_and_two_roots(self):
        order, invoice, _payment = self.settle()
        with self.assertRaisesRegex(ValidationError, "exactly one document"):
            self._create()
        with self.assertRaisesRegex(ValidationError, "exactly one document"):
            self._create(order_id=order.id, move_id=invoice.id)

    def test_root_that_never_was(self):
        with self.assertRaisesRegex(ValidationError, "doesn't exist"):
            self._create(order_id=2**30)

    def test_draft_order(self):
        order = self.env["sale.order"].create({"partner_id": self.partner.id})
        with self.assertRaisesRegex(UserError, "(?s)quotation.*Edit or cancel"):
            self._create(order_id=order.id).action_submit()
        self.assertEqual(order.state, "draft")

    def test_unknown_scope_and_methods(self):
        order, _invoice, _payment = self.settle()
        for name in ("scope", "invoice_method", "payment_method"):
            with self.assertRaisesRegex(ValidationError, "“burn” is no"):
                self._create(order_id=order.id, **{name: "burn"})
        draft = self._create(order_id=order.id)
        with self.assertRaisesRegex(ValidationError, "“burn” is no"):
            draft.scope = "burn"

    def test_a_second_attempt_names_the_first(self):
        for scope in ("payment", "invoice"):
            order, _invoice, payment = self.settle()
            first = self.reverse(order, scope)
            with self.assertRaisesRegex(UserError, first.name):
                self.request(order, scope).action_submit()
            with self.assertRaisesRegex(UserError, first.name):
                self.request(payment, "payment").action_submit()
            with self.assertRaisesRegex(UserError, "only while a reversal is"):
                first.action_submit()

    def test_every_document_knows_its_reversal(self):
        """The root, too, and an invoice that only loses its payment."""
        for number in range(3):
            documents = self.settle()
            _order, invoice, payment = documents
            root = documents[number]
            reversal = self.reverse(root, "payment")
            for document in (
                root.with_user(self.manager),
                payment.with_user(self.manager),
            ):
                document.invalidate_recordset(["reversal_count"])
                action = document.action_view_reversals()
                self.assertEqual(document.reversal_count, 1, document)
                self.assertEqual(action["res_id"], reversal.id)
            for document in (root, invoice, payment):
                self.assertIn(reversal.name, document.message_ids[0].body)

    def test_reason_is_required_and_active(self):
        order, _invoice, _payment = self.settle()
        for reason in (False, None):
            with self.assertRaisesRegex(ValidationError, "Give a reason"):
                self._create(order_id=order.id, reason_id=reason)
        self.reason.sudo().action_archive()
        with self.assertRaisesRegex(ValidationError, "archived"):
            self._create(order_id=order.id)

    def test_reason_archived_in_between(self):
        order, _invoice, _payment = self.settle()
        reversal = self._create(order_id=order.id)
        self.reason.sudo().action_archive()
        with self.assertRaisesRegex(UserError, "archived"):
            reversal.action_submit()
        self.assertEqual(order.state, "sale")

    def test_reason_that_has_to_be_explained(self):
        order, _invoice, _payment = self.settle()
        other = self.env.ref("erp_order_reversal.reason_other")
        reversal = self._create(order_id=order.id, reason_id=other.id)
        with self.assertRaisesRegex(UserError, "explained"):
            reversal.action_submit()
        reversal.note = "   "
        with self.assertRaisesRegex(UserError, "explained"):
            reversal.action_submit()
        reversal.note = "The clerk pressed the wrong button"
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")

    def test_reason_sets_defaults(self):
        order, _invoice, _payment = self.settle()
        self.reason.sudo().payment_method = "refund"
        reversal = self._create(order_id=order.id)
        self.assertEqual(reversal.payment_method, "refund")
        reversal = self._create(order_id=order.id, payment_method="credit")
        self.assertEqual(reversal.payment_method, "credit")

    def test_another_companys_order(self):
        other = self.setup_other_company()["company"]
        order = (
            self.env["sale.order"]
            .sudo()
            .with_company(other)
            .create({"partner_id": self.partner.id, "company_id": other.id})
        )
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models"):
            self._create(order_id=order.id)

    def test_invoice_deleted_in_between(self):
        invoice = self.init_invoice("out_invoice", amounts=[100.0])
        reversal = self._create(move_id=invoice.id)
        invoice.unlink()
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "doesn't exist any more"):
            reversal.action_submit()

    def test_all_blockers_at_once(self):
        order, _invoice, payment = self.settle()
        other = self.env.ref("erp_order_reversal.reason_other")
        reversal = self._create(
            order_id=order.id,
            reason_id=other.id,
            invoice_method="void",
            payment_method="void",
        )
        with self.assertRaises(UserError) as caught:
            reversal.action_submit()
        message = str(caught.exception)
        self.assertIn("explained", message)
        self.assertIn("sent to the customer", message)
        reversal.action_assess()
        self.assertEqual(
            set(reversal.finding_ids.mapped("code")), {"void_refused", "note_required"}
        )
        finding = reversal.finding_ids.filtered(lambda f: f.code == "void_refused")
        self.assertTrue(finding.remedy)
        self.assertEqual(finding.res_model, "account.move")
        self.assertEqual(payment.state, "paid")

    def test_failure_leaves_everything(self):
        order, invoice, payment = self.settle()
        order.action_lock()
        image = self.image(order, order.order_line, invoice, payment, invoice.line_ids)
        books = self.trial_balance()
        moves = self.env["account.move"].search_count([])

        def fail(reversals, fresh=False):
            return ["planted"]

        self.patch(self.env.registry["order.reversal"], "_find_problems", fail)
        reversal = self._create(order_id=order.id)
        with self.assertRaisesRegex(UserError, "planted"), self.cr.savepoint():
            reversal.action_submit()
        self.assertEqual(
            self.image(order, order.order_line, invoice, payment, invoice.line_ids),
            image,
        )
        self.assertBooks(books)
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertEqual(reversal.state, "draft")
        self.assertFalse(reversal.log_ids)

    def test_what_was_shown_is_what_is_done(self):
        order, invoice, _payment = self.settle()
        action = order.with_user(self.clerk).action_open_reversal()
        dialog = self.env["order.reversal"].with_user(self.clerk)
        dialog = dialog.with_context(**action["context"])
        shown = dialog.onchange(
            {}, [], {"order_id": {}, "seen_fingerprint": {}, "step_ids": {}}
        )["value"]
        self.assertTrue(shown["seen_fingerprint"])
        self.assertTrue(shown["step_ids"])
        self._credit_by_hand(invoice)
        reversal = self._create(
            order_id=order.id, seen_fingerprint=shown["seen_fingerprint"]
        )
        with self.assertRaisesRegex(UserError, "changed since"):
            reversal.action_submit()
        self.assertEqual(order.state, "sale")

    def _credit_by_hand(self, invoice):
        credit = invoice._reverse_moves(cancel=False)
        credit.invoice_line_ids[1:].unlink()
        credit.invoice_date = fields.Date.today()
        credit.action_post()

    def test_override_per_document(self):
        order, invoice, payment = self.settle(sent=False)
        reversal = self._create(order_id=order.id)
        reversal.action_assess()
        step = reversal.step_ids.filtered(lambda s: s.res_model == "account.move")
        self.assertEqual(step.operation, "void")
        step.invoice_method = "credit_note"
        reversal.step_ids.filtered(
            lambda s: s.res_model == "account.payment"
        ).payment_method = "void"
        reversal.action_submit()
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(payment.state, "canceled")

    def test_steps_from_the_dialog_are_only_choices(self):
        order, invoice, _payment = self.settle(sent=False)
        reversal = self._create(
            order_id=order.id,
            step_ids=[
                (
                    0,
                    0,
                    {
                        "operation": "void",
                        "res_model": "account.move",
                        "res_id": invoice.id,
                        "invoice_method": "credit_note",
                        "data": {"forged": True},
                    },
                ),
                (0, 0, {"operation": "void", "res_model": "res.users", "res_id": 1}),
            ],
        )
        reversal.action_submit()
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertFalse(
            reversal.step_ids.filtered(lambda step: step.res_model == "res.users")
        )

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_without_the_group(self):
        order, _invoice, _payment = self.settle()
        with self.assertRaises(AccessError):
            self._create(user=self.outsider, order_id=order.id)
        with self.assertRaises(AccessError):
            order.with_user(self.outsider).action_open_reversal()
        with self.assertRaises(AccessError):
            self._create(user=self.auditor, order_id=order.id)

    def test_without_the_right_to_invoice_it_waits_for_approval(self):
        order, invoice, _payment = self.settle()
        reversal = self._create(user=self.requester, order_id=order.id)
        reversal.action_submit()
        self.assertEqual(reversal.state, "to_approve")
        self.assertEqual(invoice.payment_state, "paid")
        self.assertIn(self.approver, reversal.activity_ids.user_id)
        reversal.with_user(self.approver).action_approve()
        self.assertEqual(reversal.state, "done")
        self.assertEqual(reversal.approver_id, self.approver)
        self.assertEqual(order.state, "cancel")
        self.assertFalse(reversal.activity_ids)

    def test_who_submits_is_who_asks(self):
        """An approver can't submit a draft of somebody else and approve it."""
        order, _invoice, _payment = self.settle()
        self.company.reversal_approval = "always"
        reversal = self._create(order_id=order.id)
        reversal.with_user(self.approver).action_submit()
        self.assertEqual(reversal.requester_id, self.approver)
        with self.assertRaisesRegex(AccessError, "yourself"):
            reversal.with_user(self.approver).action_approve()
        self.assertEqual(order.state, "sale")

    def test_only_own_orders(self):
        own_only = self._user(
            "own_only",
            "sales_team.group_sale_salesman",
            "account.group_account_invoice",
            "erp_order_reversal.group_reversal_user",
        )
        order, _invoice, _payment = self.settle(user_id=self.clerk.id)
        with self.assertRaises(AccessError):
            self._create(user=own_only, order_id=order.id)
        order, _invoice, _payment = self.settle(user_id=own_only.id)
        reversal = self._create(user=own_only, order_id=order.id)
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")

    def test_an_invoice_of_an_order_that_is_closed_to_the_user(self):
        """The host's record rule is told before anything is tried."""
        own_only = self._user(
            "own_only",
            "sales_team.group_sale_salesman",
            "account.group_account_invoice",
            "erp_order_reversal.group_reversal_user",
        )
        order, invoice, payment = self.settle(user_id=self.clerk.id)
        before = self.trial_balance()
        invoice.invoice_user_id = own_only
        for root in ({"move_id": invoice.id}, {"payment_id": payment.id}):
            reversal = self._create(user=own_only, scope="cancel", **root)
            with self.assertRaisesRegex(AccessError, f"may not change {order.name}"):
                with self.cr.savepoint():
                    reversal.action_submit()
        self.assertBooks(before)

    def test_own_order_on_an_invoice_with_anothers(self):
        own_only = self._user(
            "own_only",
            "sales_team.group_sale_salesman",
            "account.group_account_invoice",
            "erp_order_reversal.group_reversal_user",
        )
        own = self.make_order(user_id=own_only.id)
        others = self.make_order(user_id=self.clerk.id)
        invoice = self.invoice(own | others)
        invoice.invoice_user_id = self.clerk
        invoice.is_move_sent = True
        self.pay(invoice)
        reversal = self._create(user=own_only, order_id=own.id)
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")
        self.assertEqual(others.order_line.mapped("qty_invoiced"), [1.0] * 3)

    def test_state_cannot_be_written(self):
        order, _invoice, _payment = self.settle()
        reversal = self._create(order_id=order.id)
        for field, value in (
            ("state", "done"),
            ("approver_id", self.clerk.id),
            ("requester_id", self.approver.id),
            ("fingerprint", "forged"),
            ("snapshot_hash", "forged"),
            ("name", "REV/0"),
            ("order_id", self.make_order().id),
        ):
            for user in (self.clerk, self.manager):
                with self.assertRaises(UserError, msg=field):
                    reversal.with_user(user).write({field: value})
                with self.assertRaises(UserError, msg=field):
                    reversal.with_user(user).with_context(
                        order_reversal_engine=True
                    ).write({field: value})
        with self.assertRaises(ValidationError):
            self._create(order_id=order.id, state="done")
        with self.assertRaises(UserError):
            reversal.action_assess()
            reversal.step_ids[0].write({"operation": "draft"})

    def test_done_is_not_edited_nor_deleted(self):
        order, _invoice, _payment = self.settle()
        reversal = self.reverse(order)
        with self.assertRaises(UserError):
            reversal.note = "later"
        with self.assertRaises(UserError):
            reversal.unlink()
        with self.assertRaises(UserError):
            reversal.copy()
        with self.assertRaises(UserError):
            reversal.action_cancel()

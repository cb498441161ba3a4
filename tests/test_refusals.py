"""Bad input: a clear error, and nothing changed."""

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

    def test_values_of_the_wrong_type(self):
        """By RPC anything may come: it is named, before the database sees it."""
        order, _invoice, _payment = self.settle()
        for values, said in (
            ({"order_id": "S00001"}, "“Order”.*S00001"),
            ({"order_id": [order.id]}, "“Order”"),
            ({"order_id": True}, "“Order”"),
            ({"reason_id": 2**30}, "“Reason”.*not any more"),
            ({"reason_id": "mistake"}, "“Reason”.*mistake"),
            ({"date": "tomorrow"}, "“tomorrow” is not a valid date.*2026-01-31"),
            ({"date": 20260131}, "is not a valid date"),
        ):
            with self.subTest(values=values):
                with self.assertRaisesRegex(ValidationError, said):
                    self._create(**{"order_id": order.id, **values})
        draft = self._create(order_id=order.id)
        with self.assertRaisesRegex(ValidationError, "is not a valid date"):
            draft.write({"date": "2026-02-30"})
        batch = self.env["order.reversal.batch"].with_user(self.clerk)
        with self.assertRaisesRegex(ValidationError, "“burn” is not a valid value"):
            batch.create(
                {
                    "order_ids": order.ids,
                    "reason_id": self.reason.id,
                    "invoice_method": "burn",
                }
            )

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

        def fail(reversals, fresh=False, matches=None):
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

    def test_override_of_what_is_not_touched(self):
        order, _invoice, _payment = self.settle()
        _other, invoice, _payment = self.settle()

        def choose(document, method):
            return [
                (
                    0,
                    0,
                    {
                        "res_model": document._name,
                        "res_id": document.id,
                        "invoice_method": method,
                    },
                )
            ]

        with self.assertRaisesRegex(ValidationError, f"account.move,{invoice.id}"):
            self._create(order_id=order.id, step_ids=choose(invoice, "void"))
        with self.assertRaisesRegex(ValidationError, "“burn” is not a valid value"):
            self._create(order_id=order.id, step_ids=choose(invoice, "burn"))

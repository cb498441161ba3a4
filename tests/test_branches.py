"""13. A branch sells and invoices in the books of its head office."""

from odoo import Command
from odoo.exceptions import AccessError

from .common import ReversalCase


class BranchCase(ReversalCase):
    """A branch, and everybody works in it and in its head office."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = (
            cls.env["res.company"]
            .sudo()
            .create(
                {
                    "name": "Branch",
                    "parent_id": cls.company.id,
                    "country_id": cls.company.account_fiscal_country_id.id,
                }
            )
        )
        cls.office = cls.company
        # The host's defaults for a customer are made for each company.
        cls.partner.with_company(
            cls.branch
        ).property_account_receivable_id = cls.company_data[
            "default_account_receivable"
        ]
        people = cls.clerk | cls.requester | cls.approver | cls.manager | cls.env.user
        people.sudo().company_ids |= cls.branch
        cls.env = cls.env(
            context={
                **cls.env.context,
                "allowed_company_ids": (cls.branch | cls.office).ids,
            }
        )

    @classmethod
    def _works_in(cls, user, company):
        user.sudo().write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )

    def trial_balance(self, exclude=()):
        """Of the branch; the head office has books of its own beside it."""
        self.company = self.branch
        try:
            return super().trial_balance(exclude)
        finally:
            self.company = self.office


class TestBranches(BranchCase):
    def settle_in_branch(self):
        order = self.make_order(company_id=self.branch.id)
        self.assertEqual(order.company_id, self.branch)
        invoice = self.invoice(order)
        invoice.is_move_sent = True
        self.assertEqual(invoice.company_id, self.branch)
        payment = self.pay(invoice)
        self.assertEqual(invoice.amount_residual, 0.0)
        return order, invoice, payment

    def test_an_order_of_a_branch(self):
        before = self.trial_balance()
        order, invoice, payment = self.settle_in_branch()
        reversal = self.reverse(order, payment_method="void")
        self.assertEqual(reversal.company_id, self.branch)
        self.assertEqual(order.state, "cancel")
        self.assertEqual(payment.state, "canceled")
        self.assertEqual(invoice.reversal_move_ids.company_id, self.branch)
        self.assertBooks(before)
        log = self.env["order.reversal.log"].sudo()
        self.assertEqual(reversal.log_ids.company_id, self.branch)
        self.assertTrue(log.verify_chain(self.branch)["intact"])

    def test_from_invoice_and_payment(self):
        before = self.trial_balance()
        _order, invoice, payment = self.settle_in_branch()
        self.reverse(payment, "payment", payment_method="void")
        self.reverse(invoice, "cancel")
        self.assertBooks(before)

    def test_the_lock_of_the_head_office_counts(self):
        order, invoice, _payment = self.settle_in_branch()
        invoice.is_move_sent = False
        self.office.sudo().fiscalyear_lock_date = self.today()
        reversal = self.request(order)
        reversal.action_assess()
        self.assertIn("date_moved", reversal.finding_ids.mapped("code"))
        reversal.action_submit()
        credit = invoice.reversal_move_ids
        self.assertGreater(credit.date, self.today())
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)

    def test_undo_in_a_branch(self):
        order, _invoice, _payment = self.settle_in_branch()
        settled = self.trial_balance()
        reversal = self.reverse(order)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(order.state, "sale")
        self.assertBooks(settled)

    def test_who_works_in_the_branch_alone_sees_no_other(self):
        order, _invoice, _payment = self.settle_in_branch()
        reversal = self.reverse(order)
        stranger = self._user(
            "office_t",
            "sales_team.group_sale_salesman_all_leads",
            "account.group_account_invoice",
            "erp_order_reversal.group_reversal_user",
        )
        self._works_in(stranger, self.office)
        alone = reversal.with_user(stranger).with_context(
            allowed_company_ids=self.office.ids
        )
        with self.assertRaises(AccessError):
            alone.read(["name"])


class TestPaidInTheHeadOffice(BranchCase):
    """One payment of the head office settles its own invoice and one of the branch."""

    def setUp(self):
        super().setUp()
        self.before = self.trial_balance()
        self.order = self.make_order(company_id=self.branch.id)
        self.own = self.invoice(self.order)
        self.own.is_move_sent = True
        self.others = self.invoice(self.make_order(company_id=self.office.id))
        self.payment = self.pay(self.own | self.others)
        self.assertEqual(self.payment.company_id, self.office)
        self.assertEqual(self.own.amount_residual, 0.0)

    def asked_in(self, companies, root=None, user=None, **values):
        """A request by somebody whose company menu shows `companies` alone."""
        asking = self.env(context={"allowed_company_ids": companies.ids})
        request = self.request(root or self.order, user=user, env=asking, **values)
        request.action_assess()
        return request

    def test_whatever_is_switched_on(self):
        """Both are the clerk's companies; the menu is a filter, no right."""
        kept = self.image(self.others)
        reversal = self.asked_in(self.branch)
        found = reversal.finding_ids.filtered(lambda f: f.code == "other_company")
        self.assertIn(self.office.name, found.message)
        self.assertIn(self.payment.name, found.message)
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")
        self.assertTrue(reversal.action_verify(), reversal.verify_detail)
        self.assertEqual(self.order.state, "cancel")
        self.assertEqual(self.others.amount_residual, 0.0)
        self.assertEqual(self.image(self.others), kept)
        self.assertBooks(self.before)

    def test_from_the_payment_and_restored(self):
        settled = self.trial_balance()
        reversal = self.asked_in(self.office, self.payment, scope="payment")
        reversal.action_submit()
        self.assertEqual(self.own.amount_residual, self.own.amount_total)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(self.own.amount_residual, 0.0)
        self.assertBooks(settled)

    def test_restored_by_who_switched_on_the_branch(self):
        reversal = self.asked_in(self.branch, payment_method="refund")
        reversal.action_submit()
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.own.amount_residual, 0.0)

    def test_who_works_in_the_branch_alone_needs_somebody_else(self):
        self._works_in(self.clerk, self.branch)
        reversal = self.asked_in(self.branch)
        self.assertIn(self.office.name, reversal.approval_note)
        reversal.action_submit()
        self.assertEqual(reversal.state, "to_approve")
        self._works_in(self.approver, self.branch)
        alone = reversal.with_user(self.approver).with_context(
            allowed_company_ids=self.branch.ids
        )
        self.assertIn(self.clerk.name, alone.approval_note)
        with self.assertRaisesRegex(AccessError, self.office.name):
            alone.action_approve()
        self.assertEqual(self.order.state, "sale")
        both = reversal.with_user(self.manager).with_context(
            allowed_company_ids=self.branch.ids
        )
        both.action_approve()
        self.assertEqual(reversal.state, "done")
        self.assertBooks(self.before)

    def test_approvers_who_may_carry_it_out_are_asked(self):
        self._works_in(self.clerk, self.branch)
        self._works_in(self.approver, self.branch)
        reversal = self.asked_in(self.branch)
        reversal.action_submit()
        self.assertIn(self.manager, reversal.activity_ids.user_id)
        self.assertNotIn(self.approver, reversal.activity_ids.user_id)

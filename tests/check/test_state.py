"""The state in lists and filters, and what it costs."""

from odoo.exceptions import AccessError

from .common import CheckCase


class TestState(CheckCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.right, cls.wrong = cls.make_order(), cls.make_order(quantity=2.0)
        cls.quotation = cls.wrong.copy()
        cls.moves = [cls.draft_of(cls, order) for order in (cls.right, cls.wrong)]
        cls.moves[1].invoice_line_ids[0].price_unit = 1.0
        for move in cls.moves:
            move.action_post()
            cls.pay(move)

    def draft_of(self, order):
        return self.invoice(order, post=False)

    def find(self, model, *domain, user=None):
        records = self.env[model].with_user(user or self.clerk)
        return records.search([("company_id", "=", self.company.id), *domain])

    def test_states(self):
        self.assertEqual(self.right.settlement_check_state, "agrees")
        self.assertEqual(self.wrong.settlement_check_state, "differs")
        self.assertFalse(self.quotation.settlement_check_state)
        self.assertEqual(self.moves[0].settlement_check_state, "agrees")
        self.assertEqual(self.moves[1].settlement_check_state, "differs")

    def test_search(self):
        for model, right, wrong in (
            ("sale.order", self.right, self.wrong),
            ("account.move", *self.moves),
        ):
            name = "settlement_check_state"
            self.assertEqual(self.find(model, (name, "=", "agrees")), right)
            self.assertEqual(self.find(model, (name, "=", "differs")), wrong)
            self.assertEqual(
                self.find(model, (name, "in", ("agrees", "differs"))), right | wrong
            )
            self.assertFalse(self.find(model, (name, "=", "accepted")))
            rest = self.find(model, (name, "=", False))
            self.assertFalse(rest & (right | wrong))
            self.assertEqual(rest, self.find(model) - right - wrong)
            self.assertEqual(self.find(model, (name, "!=", "differs")), rest | right)
            self.assertIn(right, self.find(model, (name, "not in", ("differs", False))))

    def test_settled_with_differences(self):
        """The filter of the lists finds what went wrong in the past."""
        for model, view in (
            ("sale.order", "sale.view_sales_order_filter"),
            ("account.move", "account.view_account_invoice_filter"),
        ):
            records = self.env[model].with_user(self.clerk)
            arch = records.get_view(self.env.ref(view).id, "search")["arch"]
            self.assertIn('name="settled_with_differences"', arch)
        self.assertEqual(
            self.find(
                "sale.order",
                ("settlement_state", "=", "settled"),
                ("settlement_check_state", "=", "differs"),
            ),
            self.wrong,
        )

    def test_badge(self):
        """The lists of orders and of invoices show the state to a clerk."""
        for model, view in (
            ("sale.order", "sale.sale_order_tree"),
            ("account.move", "account.view_out_invoice_tree"),
        ):
            records = self.env[model].with_user(self.clerk)
            view = records.get_view(self.env.ref(view).id, "list")
            self.assertRegex(
                view["arch"], '<field name="settlement_check_state" widget="badge"'
            )

    def test_many_at_once(self):
        """Differences of a selection are shown together, and accepted by one reason."""
        second = self.make_order(quantity=3.0)
        move = self.draft_of(second)
        move.invoice_line_ids[0].discount = 5.0
        move.action_post()
        self.pay(move)
        selection = (self.right | self.wrong | second).with_user(self.clerk)
        action = selection.action_accept_differences()
        dialog = (
            self.env["settlement.check.accept"]
            .with_user(self.clerk)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(
            {(line.res_model, line.res_id, line.code) for line in dialog.line_ids},
            {
                (move._name, self.moves[1].id, "price"),
                (move._name, move.id, "discount"),
            },
        )
        dialog.reason = "Both were agreed"
        dialog.action_accept()
        self.assertEqual(
            selection.mapped("settlement_check_state"),
            ["agrees", "accepted", "accepted"],
        )

    def test_accepted(self):
        self.wrong.with_user(self.clerk).accept_differences("A sample")
        self.assertEqual(self.wrong.settlement_check_state, "accepted")
        self.assertEqual(self.moves[1].settlement_check_state, "accepted")
        found = self.find("account.move", ("settlement_check_state", "=", "accepted"))
        self.assertEqual(found, self.moves[1])

    def test_rule_switched_off(self):
        self.rule("price").severity = "off"
        self.env.invalidate_all()
        self.assertEqual(self.wrong.settlement_check_state, "agrees")
        self.assertAgrees(self.wrong)

    def test_only_what_one_may_read(self):
        with self.assertRaises(AccessError):
            self.moves[1].with_user(self.salesman_own()).check_settlement()

    def salesman_own(self):
        return self._user("own_t", "sales_team.group_sale_salesman")

    def test_company(self):
        """A new company has the rules; what another one switches off stays on."""
        company = self.env["res.company"].sudo().create({"name": "Another"})
        rules = self.env["settlement.check.rule"].sudo()
        own = rules.search([("company_id", "=", company.id)])
        self.assertEqual(set(own.mapped("code")), set(self.rules.mapped("code")))
        own.severity = "off"
        self.env.invalidate_all()
        self.assertEqual(self.wrong.settlement_check_state, "differs")
        self.assertFalse(rules._create_missing())

    def test_queries_of_a_selection(self):
        """As many queries for twelve as for three."""
        orders = self.env["sale.order"]
        for number in range(12):
            order = self.make_order(quantity=number + 3.0)
            move = self.draft_of(order)
            move.invoice_line_ids[number % 3].price_unit += number % 2
            move.action_post()
            self.pay(move)
            orders |= order
        moves = self.env["account.move"].browse(orders.invoice_ids.ids)
        for records in (orders, moves):
            counts = []
            for selection in (records[:3], records[:3], records):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                selection.with_user(self.clerk).mapped("settlement_check_state")
                counts.append(self.env.cr.sql_log_count - before)
            # the first one fills the caches of the process
            self.assertEqual(counts[1], counts[2])
            self.assertLess(counts[2], 25)

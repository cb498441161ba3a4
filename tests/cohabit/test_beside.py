"""What else hangs on an order is said, whatever addon it belongs to."""

import ast
from inspect import getsource, isfunction, unwrap
from textwrap import dedent

from odoo import Command

from .common import CohabitCase

OURS = "erp_order_reversal"
OWN_MODELS = ("order.reversal", "order.settlement", "settlement.")


def leaves_out_host(function):
    """Whether a method can return before it comes to `super()`."""
    tree = ast.parse(dedent(getsource(unwrap(function))))
    calls = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "super"
    ]
    inner = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.Lambda)
        and function is not tree.body[0]
        for node in ast.walk(function)
    }
    return not calls or any(
        isinstance(node, ast.Return) and node.lineno < calls[0]
        for node in ast.walk(tree)
        if node not in inner
        and not any(
            isinstance(part, ast.Name) and part.id == "super" for part in ast.walk(node)
        )
    )


class TestBeside(CohabitCase):
    def beside(self, root, scope="cancel"):
        reversal = self.request(root, scope)
        reversal.action_assess()
        found = reversal.finding_ids.filtered(lambda f: f.code == "beside")
        self.assertEqual(set(found.mapped("severity")) - {"info"}, set())
        return {item.res_model: item for item in found}

    def with_project(self):
        """An order whose service made a project, for which no addon answers."""
        product = self.make_service(
            **{"name": "Project Service", "service_tracking": "task_in_project"}
        )
        order, _invoice, _payment = self.settle(products=product)
        return order, order.sudo().project_ids

    def test_projects_are_listed_with_their_stage(self):
        order, projects = self.with_project()
        self.assertTrue(projects)
        found = self.beside(order)["project.project"]
        self.assertIn("1 × ", found.message)
        self.assertIn(found.res_id, projects.ids)
        self.assertIn(projects[0].stage_id.name, found.message)

    def test_what_names_a_document_by_model_and_number(self):
        """A rating of the order: its field can point at records of any model."""
        order, _invoice, _payment = self.settle()
        other, _invoice, _payment = self.settle()
        values = {"res_model_id": self.env["ir.model"]._get_id("sale.order")}
        ratings = self.env["rating.rating"].sudo()
        mine, _theirs = ratings.create(
            [{**values, "res_id": record.id} for record in (order, other)]
        )
        found = self.beside(order)["rating.rating"]
        self.assertEqual(found.res_id, mine.id)
        self.assertIn("1 × ", found.message)

    def test_what_has_several_of_them(self):
        """A manufacturing order names the entries of its work in progress."""
        _order, invoice, _payment = self.settle()
        production = self.env["mrp.production"].sudo()
        production = production.create({"product_id": self.services[0].id})
        production.wip_move_ids = invoice
        planner = self.env["order.reversal.plan"]
        pointing = ("mrp.production", "wip_move_ids", "account.move")
        field = production._fields["wip_move_ids"]
        self.assertEqual(
            planner._get_targets_of(self.env["mrp.production"], field),
            ("account.move",),
        )
        self.env.flush_all()
        self.assertEqual(
            self.env.execute_query(planner._query_pointing(*pointing, invoice.ids)),
            [("mrp.production", production.id)],
        )

    def test_a_model_can_be_left_out(self):
        order, _projects = self.with_project()
        self.assertIn("project.project", self.beside(order))
        self.env["ir.config_parameter"].set_param(
            "erp_order_reversal.beside_ignored", "sale.report, project.project"
        )
        self.assertNotIn("project.project", self.beside(order))

    def test_nothing_for_an_order_of_its_own(self):
        order, _invoice, _payment = self.settle()
        self.assertEqual(self.beside(order), {})

    def test_each_override_calls_the_host(self):
        """No method of the host is left before it is asked, but for what is known.

        A way that ends without `super()` below the line of another one isn't seen:
        what is spared while operations run has such ways, see `_reversal_is_extended`.
        """
        replaced = set()
        for name, model in self.env.registry.items():
            if name.startswith(OWN_MODELS):
                continue
            classes = model.__mro__
            for place, cls in enumerate(classes):
                if OURS not in cls.__module__ or "_module" not in vars(cls):
                    continue
                below = [c for c in classes[place + 1 :] if OURS not in c.__module__]
                for method, function in vars(cls).items():
                    overrides = isfunction(function) and any(
                        method in vars(other) for other in below
                    )
                    if overrides and leaves_out_host(function):
                        replaced.add((name, method))
        known = {
            # A number that a rehearsal draws: the database takes none back.
            ("ir.sequence", "_next_do"),
            ("ir.sequence.date_range", "_next"),
            # What the host said of an entry that is numbered alike, in its own cache;
            # it's asked for each as soon as an addon has a say in numbers that the key
            # of its answer doesn't know.
            ("account.move", "_get_next_sequence_format"),
        }
        self.assertEqual(replaced, known)

    def test_not_in_bulk(self):
        orders = self.with_project()[0] | self.with_project()[0]
        reversals = self.env["order.reversal"].with_user(self.clerk)
        for order in orders:
            reversals |= self.request(order)
        reversals._assess()
        self.assertNotIn("beside", reversals.finding_ids.mapped("code"))

    def test_as_many_queries_for_many_lines(self):
        few, many = (
            self.make_order(
                order_line=[
                    Command.create({"product_id": self.services[0].id})
                    for _number in range(count)
                ]
            )
            for count in (1, 20)
        )
        planner = self.env["order.reversal.plan"]
        counts = []
        for order in (few, many):
            reversal = self.request(order)
            [plan] = planner._plan(reversal)
            self.env.invalidate_all()
            plan.records("sale.order").order_line.ids  # noqa: B018
            before = self.env.cr.sql_log_count
            planner._find_beside(plan)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 4)

    def debit_note(self, invoice, copy_lines):
        """A debit note by the host's wizard, not posted."""
        wizard = (
            self.env["account.debit.note"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"copy_lines": copy_lines})
        )
        wizard.create_debit()
        return invoice.debit_note_ids

    def test_a_debit_note_with_the_lines_of_the_order(self):
        """It invoices the order a second time: it is taken back like the first."""
        order, invoice, _payment = self.settle()
        debit = self.debit_note(invoice, copy_lines=True)
        debit.action_post()
        self.assertIn(debit, order.invoice_ids)
        reversal = self.reverse(order)
        self.assertIn(debit.id, reversal.step_ids.mapped("res_id"))
        self.assertEqual(set(order.order_line.mapped("qty_invoiced")), {0.0})

    def test_a_debit_note_of_the_invoice(self):
        """Made by another addon of the host: it stays, and that is said."""
        order, invoice, _payment = self.settle()
        debit = self.debit_note(invoice, copy_lines=False)
        debit.invoice_line_ids = [
            Command.create({"name": "Postage", "quantity": 1.0, "price_unit": 7.0})
        ]
        debit.action_post()
        self.assertNotIn(debit, order.invoice_ids)
        [found] = self.request(order).rehearse()["findings"]
        self.assertEqual(
            (found["code"], found["res_id"]), ("document_beside", debit.id)
        )
        self.assertIn(debit.name, found["message"])
        self.reverse(order)
        self.assertEqual(debit.state, "posted")

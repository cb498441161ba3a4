"""The analysis: what a row says, and who sees it. A year: `test_analysis_year`."""

from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .common import GROUP, ReversalCase


class AnalysisCase(ReversalCase):
    """Reversals as they come, and copies of one with other values."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reporter = cls._user("reporter_t", GROUP + "report")
        cls.report = cls.env["order.reversal.report"]

    @classmethod
    def _columns(cls, table, *without):
        rows = cls.env.execute_query(
            SQL(
                "SELECT column_name FROM information_schema.columns "
                "WHERE table_name = %s",
                table,
            )
        )
        return [name for (name,) in rows if name not in {"id", *without}]

    @classmethod
    def copies(cls, reversal, values_list):
        """Copies of a reversal and its steps, in the database alone.

        :param list values_list: a dict of columns for each copy, all with the same keys
        :return: their ids
        """
        cls.env.flush_all()
        names = list(values_list[0])
        rest = cls._columns("order_reversal", *names)
        identifiers = [SQL.identifier(name) for name in [*names, *rest]]
        rows = cls.env.execute_query(
            SQL(
                "INSERT INTO order_reversal (%s) SELECT %s FROM order_reversal origin "
                "CROSS JOIN (VALUES %s) AS given (%s) WHERE origin.id = %s "
                "RETURNING id",
                SQL(", ").join(identifiers),
                SQL(", ").join(
                    [
                        *(
                            SQL(
                                "given.%s::%s",
                                SQL.identifier(name),
                                SQL(cls._type(name)),
                            )
                            for name in names
                        ),
                        *(SQL("origin.%s", SQL.identifier(name)) for name in rest),
                    ]
                ),
                SQL(", ").join(SQL("%s", tuple(v.values())) for v in values_list),
                SQL(", ").join(SQL.identifier(name) for name in names),
                reversal.id,
            )
        )
        ids = [record_id for (record_id,) in rows]
        steps = cls._columns("order_reversal_step", "reversal_id", "origin_id")
        columns = SQL(", ").join(SQL.identifier(name) for name in steps)
        cls.env.cr.execute(
            SQL(
                "INSERT INTO order_reversal_step (reversal_id, %s) "
                "SELECT copy.id, %s FROM order_reversal_step step "
                "CROSS JOIN UNNEST(%s) AS copy (id) WHERE step.reversal_id = %s",
                columns,
                SQL(", ").join(SQL("step.%s", SQL.identifier(name)) for name in steps),
                ids,
                reversal.id,
            )
        )
        cls.env.invalidate_all()
        return ids

    @classmethod
    def _type(cls, name):
        return cls.env["order.reversal"]._fields[name].column_type[1]

    def rows_of(self, reversal, user=None):
        return self.report.with_user(user or self.auditor).search(
            [("reversal_id", "=", reversal.id)]
        )


class TestAnalysis(AnalysisCase):
    def test_what_a_row_says(self):
        team = self.env["crm.team"].create({"name": "North"})
        self.partner.country_id = self.env.ref("base.us")
        order, move, payment = self.settle(user_id=self.clerk.id, team_id=team.id)
        payment.date = self.today() - timedelta(days=3)
        reversal = self.reverse(order, invoice_method="credit_note")
        rows = self.rows_of(reversal)
        self.assertEqual(rows.product_id, self.services)
        self.assertEqual(rows.categ_id, self.services.categ_id)
        self.assertEqual(rows.user_id, self.clerk)
        self.assertEqual(rows.team_id, team)
        self.assertEqual(rows.country_id, self.env.ref("base.us"))
        self.assertEqual(rows.invoiced_by_id, move.create_uid)
        self.assertEqual(set(rows.mapped("extent")), {"whole"})
        self.assertEqual(set(rows.mapped("invoice_way")), {"credit_note"})
        self.assertEqual(set(rows.mapped("payment_way")), {"credit"})
        self.assertEqual(set(rows.mapped("settled_days")), {3.0})
        amounts = {row.product_id: row.amount for row in rows}
        self.assertEqual(
            [amounts[product] for product in self.services], [115.0, 230.0, 345.0]
        )
        self.assertAlmostEqual(sum(rows.mapped("amount_credit")), 690.0, 2)

    def test_void(self):
        order, _move, _payment = self.settle(sent=False)
        reversal = self.reverse(order, payment_method="void")
        rows = self.rows_of(reversal)
        self.assertEqual(rows.product_id, self.services)
        self.assertEqual(set(rows.mapped("invoice_way")), {"void"})
        self.assertEqual(set(rows.mapped("payment_way")), {"void"})

    def test_a_payment_alone(self):
        """What is opened from a payment stands with the order that it paid."""
        order, move, payment = self.settle(user_id=self.clerk.id)
        reversal = self.reverse(payment)
        self.assertFalse(reversal.order_id)
        rows = self.rows_of(reversal)
        self.assertEqual(rows.order_id, order)
        self.assertEqual(rows.user_id, self.clerk)
        self.assertEqual(rows.team_id, order.team_id)
        self.assertEqual(rows.product_id, self.services)
        self.assertEqual(rows.invoiced_by_id, move.create_uid)
        self.assertEqual(set(rows.mapped("invoice_way")), {"none"})
        self.assertAlmostEqual(sum(rows.mapped("amount")), payment.amount, 2)

    def test_part(self):
        order, _move, _payment = self.settle(quantity=4.0)
        line = order.order_line[1]
        reversal = self.reverse(
            order,
            "invoice",
            line_ids=[Command.create({"order_line_id": line.id, "quantity": 1.0})],
        )
        rows = self.rows_of(reversal)
        self.assertEqual(rows.product_id, line.product_id)
        self.assertEqual(rows.extent, "part")
        self.assertEqual(rows.quantity, 1.0)
        self.assertEqual(rows.amount, reversal.amount_total)

    def test_restored_is_told_apart(self):
        order, _move, _payment = self.settle()
        reversal = self.reverse(order)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(set(self.rows_of(reversal).mapped("outcome")), {"restored"})
        # The restore is no reversal of its own.
        self.assertFalse(self.rows_of(reversal.restored_by_id))

    def test_waiting_and_rejected(self):
        self.company.reversal_approval = "always"
        order, _move, _payment = self.settle()
        reversal = self.request(order)
        self.assertFalse(self.rows_of(reversal))
        reversal.action_submit()
        rows = self.rows_of(reversal)
        self.assertEqual(set(rows.mapped("outcome")), {"waiting"})
        self.assertEqual(rows.product_id, self.services)
        reversal.with_user(self.approver).action_reject("No.")
        self.env.invalidate_all()
        self.assertEqual(set(rows.mapped("outcome")), {"rejected"})
        self.assertEqual(rows.approver_id, self.approver)

    def test_settled_again(self):
        order, _move, _payment = self.settle()
        reversal = self.reverse(order, "invoice")
        self.assertEqual(
            set(self.rows_of(reversal).mapped("settled_again_state")), {"open"}
        )
        again = self.invoice(order)
        self.pay(again)
        self.env.flush_all()
        # Ten days later, by the clock of the database.
        self.env.cr.execute(
            "UPDATE account_partial_reconcile SET create_date = %s WHERE debit_move_id "
            "IN (SELECT id FROM account_move_line WHERE move_id = %s)",
            [
                reversal.done_on + timedelta(days=10),
                again.id,
            ],
        )
        self.env.invalidate_all()
        rows = self.rows_of(reversal)
        self.assertEqual(set(rows.mapped("settled_again_state")), {"done"})
        self.assertEqual(set(rows.mapped("settled_again_days")), {10.0})

    # ------------------------------------------------------------------
    # Who sees what
    # ------------------------------------------------------------------

    def test_who_may_see_it(self):
        order, _move, _payment = self.settle()
        reversal = self.reverse(order)
        for user in (self.reporter, self.approver, self.manager, self.auditor):
            rows = self.rows_of(reversal, user)
            self.assertEqual(len(rows), 3, user.name)
            self.assertEqual(sum(rows.mapped("amount")), 690.0)
        for user in (self.clerk, self.outsider):
            with self.assertRaises(AccessError):
                self.rows_of(reversal, user).mapped("amount")
        with self.assertRaises(AccessError):
            reversal.with_user(self.reporter).read(["note"])

    def test_another_company_stays_closed(self):
        order, _move, _payment = self.settle()
        reversal = self.reverse(order)
        other = self.env["res.company"].create({"name": "Another"})
        [copy] = self.copies(reversal, [{"company_id": other.id}])
        self.assertFalse(self.rows_of(reversal.browse(copy), self.reporter))
        self.reporter.company_ids = [Command.link(other.id)]
        both = self.report.with_user(self.reporter).with_context(
            allowed_company_ids=(self.company | other).ids
        )
        found = both._read_group(
            [("reversal_id", "in", [reversal.id, copy])], ["company_id"], ["amount:sum"]
        )
        self.assertEqual(
            self.env["res.company"].union(*(company for company, _sum in found)),
            self.company | other,
        )

    def test_its_date_is_in_an_index(self):
        """The same expression, or a period is looked for among all of them."""
        [(index,)] = self.env.execute_query(
            SQL("SELECT pg_get_indexdef('order_reversal_dated_idx'::regclass)")
        )
        date = self.report._get_date().code.replace("reversal.", "")
        self.assertTrue(index.endswith(f"({date})"), index)

    def test_period_of_what_waits(self):
        """What nobody carried out yet has the date on which it was asked for."""
        self.company.reversal_approval = "always"
        order, _move, _payment = self.settle()
        reversal = self.request(order, user=self.requester)
        reversal.action_submit()
        self.assertEqual(reversal.state, "to_approve")
        self.assertFalse(reversal.done_on)
        long_ago = reversal.requested_on - timedelta(days=600)
        [copy] = self.copies(reversal, [{"requested_on": long_ago}])
        found = self.report.with_user(self.auditor).search(
            [("date", ">=", "today =1d -11m"), ("outcome", "=", "waiting")]
        )
        self.assertIn(reversal, found.reversal_id)
        self.assertNotIn(copy, found.reversal_id.ids)

    def test_digest(self):
        before = self._digest(self.auditor)
        order, _move, _payment = self.settle()
        self.reverse(order)
        count, amount = self._digest(self.auditor)
        self.assertEqual((count - before[0], amount - before[1]), (1, 690.0))
        with self.assertRaises(AccessError):
            self._digest(self.clerk)

    def _digest(self, user):
        digest = self.env["digest.digest"].create(
            {"name": "Weekly", "company_id": self.company.id}
        )
        digest = digest.with_context(
            start_datetime=datetime.now() - timedelta(days=1),
            end_datetime=datetime.now() + timedelta(days=1),
        )
        digest = digest.with_user(user)
        return (
            digest.kpi_order_reversal_value,
            digest.kpi_order_reversal_amount_value,
        )

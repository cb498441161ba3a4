"""The analysis of a year, against figures of plain SQL over the documents themselves.

No figure that is expected here reads the view that is tried, or asks the ORM.
"""

from datetime import date

from odoo import Command
from odoo.tools import SQL

from .test_analysis import AnalysisCase
from .year import TAKEN, YEAR, YearMixin, belonging_to, repeat

#: Of each of the reversals that are copied; together more than 5,000 in the year.
COPIES = 400


class TestYear(YearMixin, AnalysisCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._user(
            "second_t",
            "sales_team.group_sale_salesman_all_leads",
            "account.group_account_invoice",
            "erp_order_reversal.group_reversal_approver",
        )
        categories = cls.env["product.category"].create(
            [{"name": "Even"}, {"name": "Odd"}]
        )
        # With taxes whole cents each, so that lines add up to their documents.
        for number, (product, price) in enumerate(
            zip(cls.services, (33.4, 7.8, 129.8), strict=True)
        ):
            product.write({"list_price": price, "categ_id": categories[number % 2].id})
        case = cls("_make_originals")
        originals = case._make_originals()
        cls.env.flush_all()
        # Settled again some days later, by the clock of the database.
        cls.env.cr.execute(
            "UPDATE account_partial_reconcile SET create_date = create_date "
            "+ INTERVAL '5 days' WHERE debit_move_id IN (SELECT id FROM "
            "account_move_line WHERE move_id = %s)",
            [case.again.id],
        )
        countries = ("base.us", "base.cn", "base.de", "base.fr")
        parent = cls.env["res.partner"].create(
            {"name": "Entity", "country_id": cls.env.ref("base.in").id}
        )
        customers = cls.env["res.partner"].create(
            [
                {"name": xmlid, "country_id": cls.env.ref(xmlid).id}
                for xmlid in countries
            ]
            + [{"name": "Contact", "parent_id": parent.id}, {"name": "Nowhere"}]
        )
        teams = cls.env["crm.team"].create([{"name": n} for n in ("N", "S", "E")])
        reasons = cls.env["order.reversal.reason"].sudo().search([], limit=5)
        sellers = cls.clerk | cls.requester | cls.approver
        cls.env.flush_all()
        customers.filtered("parent_id").country_id = False
        cls.env.flush_all()
        partners = customers.ids
        repeat(
            cls.env.cr,
            belonging_to(originals),
            COPIES,
            date(YEAR, 1, 1),
            {
                ("sale_order", "user_id"): sellers.ids,
                ("sale_order", "team_id"): teams.ids,
                ("sale_order", "partner_id"): partners,
                ("account_move", "partner_id"): partners,
                ("order_reversal", "partner_id"): partners,
                ("order_reversal", "reason_id"): reasons.ids,
                ("order_reversal", "requester_id"): (cls.clerk | cls.manager).ids,
                ("order_reversal", "approver_id"): (cls.approver | cls.second).ids,
            },
        )
        other = cls.env["res.company"].create({"name": "Another"})
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE order_reversal SET company_id = %s WHERE id %% 97 = 0", [other.id]
        )
        cls.env.cr.execute(
            "UPDATE order_reversal SET is_practice = TRUE WHERE id % 89 = 0"
        )
        cls.env.invalidate_all()

    def _make_originals(self):
        """One of each kind that the analysis tells apart."""
        found = self.env["order.reversal"]
        team = self.env["crm.team"].create({"name": "First"})

        def settle(**values):
            return self.settle(user_id=self.clerk.id, team_id=team.id, **values)

        found |= self.reverse(settle()[0], invoice_method="credit_note")
        found |= self.reverse(settle(sent=False)[0], payment_method="void")
        found |= self.reverse(settle()[0], "invoice", payment_method="refund")
        found |= self.reverse(settle()[0], "payment")
        found |= self.reverse(settle()[1], "invoice")
        unpaid = self.make_order(user_id=self.clerk.id, team_id=team.id)
        self.invoice(unpaid)
        found |= self.reverse(unpaid, "draft")
        order = settle(quantity=4.0)[0]
        found |= self.reverse(order, "invoice", line_ids=self._part(order))
        restored = self.reverse(settle()[0])
        restored.with_user(self.manager).action_undo()
        found |= restored
        order = settle()[0]
        found |= self.reverse(order, "invoice")
        self.again = self.invoice(order)
        self.pay(self.again)
        reversal = self.reverse(settle()[0], "draft")
        self.env["order.settlement"].with_user(self.clerk).create(
            {"reversal_id": reversal.id}
        ).action_settle()
        found |= reversal
        self.company.reversal_approval = "always"
        order = settle(quantity=3.0)[0]
        part = self.request(order, "invoice", line_ids=self._part(order))
        asked = [self.request(settle()[0]) for _number in range(4)]
        for reversal in (part, *asked):
            reversal.action_submit()
        approved, rejected, cancelled, _waits = asked
        approved.with_user(self.approver).action_approve()
        rejected.with_user(self.approver).action_reject("No.")
        cancelled.action_cancel()
        found = found.union(part, *asked, self.request(settle()[0])).sudo()
        self.env.flush_all()
        self.assertEqual(
            {*found.mapped("state")},
            {"done", "undone", "to_approve", "rejected", "cancelled", "draft"},
        )
        return found

    def _part(self, order):
        line = order.order_line[1]
        return [Command.create({"order_line_id": line.id, "quantity": 1.0})]

    AMOUNTS = ("amount:sum", "amount_credit:sum", "amount_refund:sum")

    def assertGroups(self, name, expression):
        """Counts and amounts by something that each reversal has one of."""
        expected = self.expect(
            f"""SELECT {expression}, COUNT(*), SUM(r.amount_total),
                       SUM(r.amount_credit), SUM(r.amount_refund)
                  FROM counted r
             LEFT JOIN sale_order sold ON sold.id = r.sold_by
             LEFT JOIN res_partner customer ON customer.id = r.partner_id
             LEFT JOIN res_partner entity ON entity.id = customer.commercial_partner_id
              GROUP BY 1"""
        )
        found = self.found([name], ["reversal_count:sum", *self.AMOUNTS])
        self.assertFigures(found, expected)
        return expected

    # ------------------------------------------------------------------
    # Who, what for, how
    # ------------------------------------------------------------------

    def test_there_are_enough(self):
        [(count, months)] = self.expect(
            "SELECT COUNT(*), COUNT(DISTINCT DATE_TRUNC('month', done_on)) FROM counted"
        )
        self.assertGreaterEqual(count, 5000)
        self.assertEqual(months, 12)

    def test_by_people(self):
        self.assertEqual(len(self.assertGroups("user_id", "sold.user_id")), 3)
        self.assertEqual(len(self.assertGroups("team_id", "sold.team_id")), 3)
        self.assertGroups("requester_id", "r.requester_id")
        self.assertEqual(len(self.assertGroups("approver_id", "r.approver_id")), 3)

    def test_by_customer_and_country(self):
        self.assertGroups("partner_id", "r.partner_id")
        self.assertGroups("commercial_partner_id", "customer.commercial_partner_id")
        country = "COALESCE(customer.country_id, entity.country_id)"
        self.assertEqual(len(self.assertGroups("country_id", country)), 6)

    def test_by_reason_scope_and_state(self):
        self.assertEqual(len(self.assertGroups("reason_id", "r.reason_id")), 5)
        self.assertEqual(len(self.assertGroups("scope", "r.scope")), 4)
        self.assertGroups("settled_again_state", "r.settled_again_state")
        outcomes = self.assertGroups(
            "outcome",
            "CASE WHEN r.state = 'done' THEN 'stands' WHEN r.state = 'undone' THEN "
            "'restored' WHEN r.state = 'to_approve' THEN 'waiting' ELSE r.state END",
        )
        self.assertEqual(len(outcomes), 5)

    def test_by_whole_and_part(self):
        part = "r.id IN (SELECT reversal_id FROM order_reversal_line)"
        rows = self.assertGroups(
            "extent", f"CASE WHEN {part} THEN 'part' ELSE 'whole' END"
        )
        self.assertEqual(len(rows), 2)

    def test_by_what_became_of_invoices_and_payments(self):
        """Of those that stand, as the documents say themselves."""
        for name, query in (
            (
                "invoice_way",
                """SELECT CASE WHEN BOOL_OR(made.move_type = 'out_refund')
                               THEN 'credit_note'
                               WHEN BOOL_OR(step.operation LIKE 'void%%'
                                   AND invoice.state = 'cancel') THEN 'void'
                               ELSE 'none' END""",
            ),
            (
                "payment_way",
                """SELECT CASE WHEN BOOL_OR(paid.state = 'canceled') THEN 'void'
                               WHEN BOOL_OR(back.payment_type = 'outbound')
                               THEN 'refund'
                               WHEN BOOL_OR(paid.id IS NOT NULL) THEN 'credit'
                               ELSE 'none' END""",
            ),
        ):
            expected = self.expect(
                f"""SELECT way, COUNT(*), SUM(amount_total), SUM(amount_credit),
                           SUM(amount_refund)
                      FROM counted
                      JOIN LATERAL ({query} AS way FROM order_reversal_step step
                 LEFT JOIN account_move made ON step.result_model = 'account.move'
                       AND made.id = step.result_id
                 LEFT JOIN account_move invoice ON step.res_model = 'account.move'
                       AND invoice.id = step.res_id
                 LEFT JOIN account_payment paid ON step.res_model = 'account.payment'
                       AND paid.id = step.res_id
                 LEFT JOIN account_payment back ON back.id = step.result_id
                       AND step.result_model = 'account.payment'
                     WHERE step.reversal_id = counted.id) done ON TRUE
                     WHERE state = 'done' GROUP BY way"""
            )
            found = self.found(
                [name],
                ["reversal_count:sum", *self.AMOUNTS],
                [("outcome", "=", "stands")],
            )
            with self.subTest(name):
                self.assertFigures(found, expected)
                self.assertGreaterEqual(len(expected), 3)

    # ------------------------------------------------------------------
    # Products
    # ------------------------------------------------------------------

    def assertProducts(self, name, column, count):
        expected = self.expect(
            f"""  , {TAKEN}
                SELECT {column}, COUNT(DISTINCT r.id), SUM(taken.price_total),
                       SUM(taken.quantity)
                  FROM counted r
                  JOIN taken ON taken.reversal_id = r.id
                  JOIN product_product variant ON variant.id = taken.product_id
                  JOIN product_template model ON model.id = variant.product_tmpl_id
              GROUP BY 1"""
        )
        found = self.found([name], ["reversal_count:sum", "amount:sum", "quantity:sum"])
        self.assertEqual(len(expected), count)
        self.assertFigures(found, expected)

    def test_by_product_and_category(self):
        self.assertProducts("product_id", "variant.id", 3)
        self.assertProducts("product_tmpl_id", "model.id", 3)
        self.assertProducts("categ_id", "model.categ_id", 2)

    def test_rows_add_up_to_their_reversal(self):
        """To the cent, also where the amount can't be shared out evenly."""
        self.env.cr.execute(
            "UPDATE order_reversal SET amount_total = amount_total + 0.01 * (id % 7)"
        )
        self.env.cr.execute(
            SQL(
                """SELECT COUNT(*) FILTER (WHERE report.amount != r.amount_total
                              OR report.rows != report.ids),
                          COUNT(*)
                     FROM (SELECT reversal_id, SUM(amount) AS amount,
                                  COUNT(*) AS rows, COUNT(DISTINCT id) AS ids
                             FROM (%s) report GROUP BY reversal_id) report
                     JOIN order_reversal r ON r.id = report.reversal_id""",
                self.report.with_user(self.reporter)._table_query,
            )
        )
        [(wrong, count)] = self.env.cr.fetchall()
        self.assertFalse(wrong)
        self.assertGreaterEqual(count, 5000)

    # ------------------------------------------------------------------
    # How long, and how many
    # ------------------------------------------------------------------

    def assertAverage(self, measure, query):
        """Of reversals, over all and by what some of them have several rows of."""
        [expected] = self.expect(query)
        [found] = self.found([], [f"{measure}:avg"])
        self.assertAlmostEqual(found[0], float(expected[0]), 6)
        self.assertGreater(expected[0], 0)

    def test_days_from_settlement(self):
        """From the last payment; from the invoice where nothing was paid."""
        self.assertAverage(
            "settled_days",
            """SELECT AVG(r.done_on::date - COALESCE(paid.date, invoiced.date))
                 FROM counted r
            LEFT JOIN LATERAL (
                      SELECT MAX(payment.date) AS date
                        FROM account_payment payment
                        JOIN order_reversal_step step
                          ON step.res_model = 'account.payment'
                         AND step.res_id = payment.id
                       WHERE step.reversal_id = r.id) paid ON TRUE
            LEFT JOIN LATERAL (
                      SELECT MAX(invoice.invoice_date) AS date
                        FROM account_move invoice
                        JOIN order_reversal_step step
                          ON step.res_model = 'account.move'
                         AND step.res_id = invoice.id
                       WHERE step.reversal_id = r.id) invoiced ON TRUE""",
        )

    def test_waiting_time(self):
        self.assertAverage(
            "waiting_hours",
            """SELECT AVG(EXTRACT(EPOCH FROM approved_on - requested_on) / 3600)
                 FROM counted WHERE approved_on IS NOT NULL""",
        )

    def test_days_until_settled_again(self):
        """By a settlement, or by the payment of a newer invoice of the order."""
        self.assertAverage(
            "settled_again_days",
            """SELECT AVG(EXTRACT(EPOCH FROM COALESCE(settlement.done_on, paid.moment)
                      - r.done_on) / 86400)
                 FROM counted r
            LEFT JOIN order_settlement settlement ON settlement.reversal_id = r.id
                  AND settlement.state = 'done'
            LEFT JOIN LATERAL (
                      SELECT match.create_date AS moment
                        FROM sale_order_line line
                        JOIN sale_order_line_invoice_rel link
                          ON link.order_line_id = line.id
                        JOIN account_move_line sold ON sold.id = link.invoice_line_id
                        JOIN account_move invoice ON invoice.id = sold.move_id
                         AND invoice.payment_state = 'paid'
                        JOIN account_move_line owed ON owed.move_id = invoice.id
                        JOIN account_partial_reconcile match
                          ON match.debit_move_id = owed.id
                       WHERE line.order_id = r.sold_by LIMIT 1) paid ON TRUE
                WHERE r.settled_again_state = 'done'""",
        )

    def test_share_of_the_invoices_of_a_month(self):
        """Invoices that were taken back, of those posted in the month, if there are."""
        expected = self.expect(
            """, back AS (
                SELECT DATE_TRUNC('month', r.done_on)::date AS month,
                       COUNT(DISTINCT (r.id, invoice.id)) AS invoices
                  FROM counted r
                  JOIN order_reversal_step step ON step.reversal_id = r.id
                   AND step.res_model = 'account.move'
                  JOIN account_move invoice ON invoice.id = step.res_id
                   AND invoice.move_type = 'out_invoice'
                 WHERE r.state = 'done' AND (invoice.state = 'cancel'
                    OR step.result_model = 'account.move')
              GROUP BY 1)
                SELECT month, invoices, COALESCE(invoices * 100.0 / (
                           SELECT NULLIF(COUNT(*), 0) FROM account_move posted
                            WHERE posted.company_id = %s AND posted.posted_before
                              AND posted.move_type IN ('out_invoice', 'out_receipt')
                              AND posted.date >= month
                              AND posted.date < month + INTERVAL '1 month'), 0)
                  FROM back""",
            self.company.id,
        )
        rows = self.found(
            ["date:month"],
            ["invoice_count:sum", "invoice_share:sum"],
            [("outcome", "=", "stands")],
        )
        found = [(month.date(), *figures) for month, *figures in rows]
        self.assertEqual(len(expected), 12)
        self.assertFigures(found, expected, 4)

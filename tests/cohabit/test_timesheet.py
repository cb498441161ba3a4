"""Timesheets that an invoice charged."""

from odoo.exceptions import UserError

from .common import CohabitCase


class TestTimesheet(CohabitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls.make_service(
            **{
                "name": "Consulting by the hour",
                "invoice_policy": "delivery",
                "service_type": "timesheet",
                "service_tracking": "task_global_project",
                "project_id": cls.env["project.project"]
                .sudo()
                .create(
                    {
                        "name": "Consulting",
                        "allow_timesheets": True,
                        "allow_billable": True,
                        "company_id": cls.company.id,
                    }
                )
                .id,
                "uom_id": cls.env.ref("uom.product_uom_hour").id,
            }
        )
        cls.employee = (
            cls.env["hr.employee"]
            .sudo()
            .create({"name": "Consultant", "company_id": cls.company.id})
        )

    def worked(self):
        """Three hours, invoiced."""
        order = self.make_order(products=self.hours, quantity=5.0)
        line = order.order_line
        timesheet = (
            self.env["account.analytic.line"]
            .sudo()
            .create(
                {
                    "name": "Work",
                    "project_id": line.task_id.project_id.id,
                    "task_id": line.task_id.id,
                    "employee_id": self.employee.id,
                    "unit_amount": 3.0,
                }
            )
        )
        self.assertEqual(timesheet.so_line, line)
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "delivered"})
        )
        wizard.create_invoices()
        order.invoice_ids.action_post()
        self.assertEqual(timesheet.timesheet_invoice_id, order.invoice_ids)
        return order, order.invoice_ids, timesheet

    def test_freed_by_a_credit_note_and_back_by_a_restore(self):
        order, invoice, timesheet = self.worked()
        reversal = self.request(order, "invoice", invoice_method="credit_note")
        reversal.action_assess()
        self.assertIn("timesheets_free", reversal.finding_ids.mapped("code"))
        self.assertIn("03:00", "".join(reversal.finding_ids.mapped("message")))
        reversal.action_submit()
        self.assertEqual(reversal.state, "done")
        self.assertFalse(timesheet.timesheet_invoice_id)
        reversal.with_user(self.manager).action_undo()
        self.assertEqual(timesheet.timesheet_invoice_id, invoice)

    def test_the_check_is_silent_on_hours_worked(self):
        """Three of five hours were worked and invoiced: that is right."""
        order, invoice, _timesheet = self.worked()
        for record in (order, invoice):
            self.assertEqual(record.with_user(self.clerk).check_settlement(), [])

    def test_the_hosts_way_frees_them_too(self):
        """Where another addon changes how the host reverses, see `host_way`."""
        order, invoice, timesheet = self.worked()
        moves = self.env["account.move"]
        self.patch(type(moves), "_reversal_takes_host_way", lambda self: True)
        self.reverse(order, "invoice", invoice_method="credit_note")
        self.assertFalse(timesheet.timesheet_invoice_id)
        self.assertEqual(invoice.payment_state, "reversed")

    def test_invoiced_again_since(self):
        order, _invoice, timesheet = self.worked()
        reversal = self.reverse(order, "invoice", invoice_method="credit_note")
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "delivered"})
        )
        wizard.create_invoices()
        again = timesheet.timesheet_invoice_id
        self.assertTrue(again)
        with self.assertRaisesRegex(UserError, "have been invoiced again since"):
            reversal.with_user(self.manager).action_undo()
        self.assertEqual(timesheet.timesheet_invoice_id, again)

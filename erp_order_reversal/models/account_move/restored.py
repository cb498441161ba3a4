from odoo import models
from odoo.tools import float_compare

from ...const import CREDIT_TYPES, REVERSIBLE_TYPES


class AccountMove(models.Model):
    """What must hold when an invoice is in force again."""

    _inherit = "account.move"

    def _reversal_undo_blockers(self, step):
        self.ensure_one()
        blockers = super()._reversal_undo_blockers(step)
        if step.operation in ("credit", "void"):
            blockers += self._reversal_later_obstacles(step, ("credit", "void"))
        if step.operation in ("credit", "release") and step.result_model == self._name:
            result = self.browse(step.result_id).exists()
            blockers += result._reversal_cancel_obstacles()
        if step.operation == "void" and step._before().get("state") == "posted":
            if self.state != "cancel":
                blockers.append(self.env._("%s is in use again.", self.display_name))
            if self._get_violated_lock_dates(self.date, self._affect_tax_report()):
                blockers.append(
                    self.env._(
                        "The period of %s was closed since. Create a new invoice.",
                        self.display_name,
                    )
                )
        return blockers

    def _reversal_is_withdrawn(self):
        """Whether this is the credit note of a reversal that was restored since."""
        self.ensure_one()
        if self.state != "cancel" or self.move_type not in CREDIT_TYPES:
            return False
        # sudo: reversals of others, for whether they are restored.
        steps = self.env["order.reversal.step"].sudo()
        domain = [("result_model", "=", self._name), ("result_id", "=", self.id)]
        return "undone" in steps.search(domain).reversal_id.mapped("state")

    def _reversal_cancel_obstacles(self):
        """Why an entry that a reversal made can't be cancelled any more."""
        obstacles = []
        for move in self:
            if move.state != "posted":
                continue
            if move.is_invoice(include_receipts=True):
                advice = self.env._("Invoice the order anew instead.")
            else:
                advice = self.env._("Settle the order by hand instead.")
            if move.is_move_sent:
                why = self.env._("%s was sent to the customer.", move.name)
            elif move.inalterable_hash:
                why = self.env._("%s is secured by a hash.", move.name)
            elif move.need_cancel_request:
                why = self.env._("%s was sent to the authorities.", move.name)
            elif move._get_violated_lock_dates(move.date, move._affect_tax_report()):
                why = self.env._("The period of %s was closed since.", move.name)
            else:
                continue
            obstacles.append(f"{why} {advice}")
        return obstacles

    def _reversal_restored_problems(self, step):
        """What would be wrong with the orders of an invoice that is in force again.

        :return: list of sentences, each with what can be done instead
        """
        self.ensure_one()
        lines = self.line_ids.sale_line_ids
        deducted = lines.filtered(
            lambda line: line.is_downpayment
            and float_compare(line.qty_invoiced, 0.0, precision_digits=6) < 0
        )
        problems = []
        reversal = step.reversal_id
        since = reversal._get_earlier(deducted.invoice_lines.move_id - self).filtered(
            lambda other: other.done_on >= reversal.done_on
        )
        if since:
            problems.append(
                self.env._(
                    "The down payment that %(invoice)s deducts was taken back, too. "
                    "Restore %(reversals)s first.",
                    invoice=self.name,
                    reversals=", ".join(since.mapped("name")),
                )
            )
        anew = self._reversal_invoiced_since(step, lines.order_id.order_line)
        orders = lines.filtered(
            lambda line: self._reversal_is_invoiced_twice(step, line)
        ).order_id
        orders |= lines.order_id.filtered(
            lambda order: order.currency_id.compare_amounts(
                order.amount_to_invoice, 0.0
            )
            < 0
        )
        if again := orders.order_line.invoice_lines.move_id & anew:
            problems.append(
                self.env._(
                    "%(orders)s was invoiced anew by %(invoices)s, and would be "
                    "invoiced twice. Take %(invoices)s back first.",
                    orders=", ".join(orders.mapped("name")),
                    invoices=", ".join(again.mapped("display_name")),
                )
            )
        return problems

    def _reversal_invoiced_since(self, step, lines):
        """Invoices of order lines that are younger than what a step knew and made."""
        rows = step.reversal_id._image_rows("account_move_line")
        known = {row["id"] for row in rows}
        if step.operation == "credit":
            known.update(self.browse(step.result_id).line_ids.ids)
        newest = max(known, default=0)
        return lines.invoice_lines.filtered(
            lambda line: line.id > newest
            and line.move_id.state != "cancel"
            and line.move_id.move_type in REVERSIBLE_TYPES
        ).move_id

    def _reversal_is_invoiced_twice(self, step, line):
        """Whether more of an order line is invoiced than ordered, or than before."""
        data = step.reversal_id.fingerprint_data["documents"]
        before = data.get(f"sale.order,{line.order_id.id}", {}).get("lines", [])
        limit = max(
            [abs(row[4]) for row in before if row[0] == line.id],
            default=1.0 if line.is_downpayment else 0.0,
        )
        limit = max(limit, abs(line.product_uom_qty), abs(line.qty_delivered))
        return float_compare(abs(line.qty_invoiced), limit, precision_digits=6) > 0

    def _reversal_removal_obstacles(self):
        self.ensure_one()
        name = self.display_name
        if not self.is_invoice(include_receipts=True):
            return super()._reversal_removal_obstacles()
        if self.state != "cancel":
            return [self.env._("%s is not cancelled.", name)]
        if self.inalterable_hash:
            return [self.env._("%s is secured by a hash.", name)]
        if self._is_protected_by_audit_trail():
            return [
                self.env._("%s was posted once, and the audit trail keeps it.", name)
            ]
        if self.name and self.name != "/" and not self._is_end_of_seq_chain():
            return [
                self.env._("Without %s its numbered sequence would have a gap.", name)
            ]
        return []

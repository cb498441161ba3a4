from odoo import models
from odoo.tools import float_compare

from ...const import REVERSIBLE_TYPES
from ...plan import frozen


class AccountMove(models.Model):
    """What must hold when an invoice is in force again."""

    _inherit = "account.move"

    def _reversal_block_kept(self, plan):
        """Block a restore that these entries, which a reversal made, would outlive.

        :param Plan plan: of the restore
        """
        for move in self.filtered(lambda move: move.state == "posted"):
            if move.is_move_sent:
                message = self.env._("%s was sent to the customer.", move.name)
            elif move.inalterable_hash:
                message = self.env._("%s is secured by a hash.", move.name)
            elif move.need_cancel_request:
                message = self.env._("%s was sent to the authorities.", move.name)
            elif move._get_violated_lock_dates(move.date, move._affect_tax_report()):
                message = self.env._(
                    "The period of %s has been closed since.", move.name
                )
            else:
                continue
            if move.is_invoice(include_receipts=True):
                remedy = self.env._("Invoice the order again instead.")
            else:
                remedy = self.env._("Settle the order by hand instead.")
            plan.block("entry_stays", message, move, remedy=remedy)

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
            lambda other: other._is_done_after(reversal)
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
                    "%(orders)s has been invoiced again by %(invoices)s, and would be "
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
        before = data.get(frozen.document_key("sale.order", line.order_id.id), {}).get(
            "lines", []
        )
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

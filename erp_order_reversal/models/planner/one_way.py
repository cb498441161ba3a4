from odoo import models

from ...plan import RefundData, ReleaseData

# Operations whose new entries a restore has to cancel.
MADE_BY = {"account.move": ("credit",), "account.payment": ("refund",)}


class OrderReversalPlan(models.AbstractModel):
    """What makes a reversal one-way and can be seen without trying it.

    A rehearsal tries the restore itself (`order.reversal._find_one_way`). Of a
    selection nothing is rehearsed: the known causes are looked for.
    """

    _inherit = "order.reversal.plan"

    def _finish(self, plan):
        """Override to say so beforehand."""
        if plan.steps and not plan.blockers and not plan.reversal.restores_id:
            self._report_one_way(plan)
        return super()._finish(plan)

    def _report_one_way(self, plan):
        reversal = plan.reversal
        if reasons := [*self._find_kept(plan), *self._find_changed_side(plan)]:
            plan.warn(
                "one_way",
                reversal._get_one_way_text(" ".join(dict.fromkeys(reasons))),
                plan.root,
                remedy=reversal._get_next_of_one_way(),
            )

    def _find_kept(self, plan):
        """Entries that could not be cancelled any more: list of str."""
        reasons = []
        for step in plan.steps:
            record = plan.records(step["res_model"]).browse(step["res_id"])
            if step["operation"] not in MADE_BY.get(record._name, ()):
                continue
            if (
                step["operation"] == "refund"
                and RefundData.from_json(step["data"]).online
            ):
                reasons.append(
                    self.env._(
                        "The payment provider sends the money of %s back.",
                        record.display_name,
                    )
                )
                continue
            data = step.get("data") or {}
            journal = record.journal_id.browse(data.get("journal_id") or []) or (
                record.journal_id
            )
            if journal.restrict_mode_hash_table:
                reasons.append(
                    self.env._(
                        "The new entry in the journal %s will be secured by a hash.",
                        journal.display_name,
                    )
                )
        return reasons

    def _find_changed_side(self, plan):
        """Matches that bring other entries with them by now than they did: list of str.

        Rule: `account.move.line.reconcile`, which makes taxes due on payment and
        exchange differences by the setup of today.
        """
        ids = [
            release.partial_id
            for step in plan.steps
            for release in ReleaseData.from_json(step.get("data")).releases
            if release.partial_id
        ]
        # sudo: what the plan releases, which it read as sudo, too.
        partials = self.env["account.partial.reconcile"].sudo().browse(ids)
        company = plan.company
        used = partials.exchange_move_id.line_ids.account_id.filtered(
            lambda account: account.account_type
            not in ("asset_receivable", "liability_payable")
        )
        reasons = []
        if used - (
            company.income_currency_exchange_account_id
            | company.expense_currency_exchange_account_id
        ):
            reasons.append(
                self.env._(
                    "Exchange differences are booked on another account than when it "
                    "was paid."
                )
            )
        if not ids or not company.tax_exigibility:
            return reasons
        # sudo: as all that a plan reads.
        entries = self.env["account.move"].sudo()
        entries = entries.search(
            [("tax_cash_basis_rec_id", "in", ids), ("state", "=", "posted")]
        )
        for invoice in entries.tax_cash_basis_origin_move_id:
            taxes = invoice.line_ids.tax_line_id | invoice.line_ids.tax_ids
            if "on_payment" not in taxes.flatten_taxes_hierarchy().mapped(
                "tax_exigibility"
            ):
                reasons.append(
                    self.env._(
                        "The taxes of %s were due on payment when it was paid, and are "
                        "not any more.",
                        invoice.display_name,
                    )
                )
        return reasons

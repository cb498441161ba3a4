from datetime import timedelta

from odoo import SUPERUSER_ID, fields, models

from ...checks import check_one
from ...const import PAYMENT_IN_FORCE
from ...engine import ENGINE


class OrderReversalPractice(models.Model):
    """One click removes all of it, as far as the law and the host let it.

    What a reversal or a settlement recorded stays: the audit log is append-only, and
    its rows belong to it. Those are marked as practice.
    """

    _inherit = "order.reversal.practice"

    def action_remove(self):
        """Delete the practice orders, invoices, payments and journals of the company.

        Where the company keeps posted entries (restrictive audit trail), they are
        cancelled; in a closed period, taken back by an entry of today. Journals and
        accounts that are still needed then are put aside.

        :raise AccessError: whoever may not practise, or doesn't work in the company
        :return: an action that says what was done
        """
        check_one(self)
        self.check_access("read")
        self._check_may_practise()
        # sudo: practice documents alone, all of them, after our own check.
        practice = self.sudo().with_company(self.company_id)
        removed = practice._get_documents()
        names = {model: len(records) for model, records in removed.items() if records}
        kept = practice._remove(removed)
        self.env["order.reversal.log"]._record(
            [
                {
                    "event": "removed",
                    "company": self.company_id,
                    "record": self,
                    "res_name": self.env._("Practice"),
                    "detail": {
                        "practice": True,
                        "documents": names,
                        "kept": kept.mapped("display_name"),
                    },
                }
            ]
        )
        return self._get_removed_notice(kept)

    def _get_removed_notice(self, kept):
        message = self.env._("All practice documents are deleted.")
        if kept:
            message = self.env._(
                "The practice documents are cancelled. %s stay, because your company "
                "keeps entries that were posted once; they balance.",
                ", ".join(kept.mapped("display_name")),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_documents(self):
        """All that practice made: {model: records}."""
        journals = self._get_journals()
        in_journals = [("journal_id", "in", journals.ids)]
        of_company = [("company_id", "=", self.company_id.id)]
        orders = self.env["sale.order"].search(self._get_order_domain())
        replacements = (
            self.env["order.reversal"]
            .search([("is_practice", "=", True), *of_company])
            .replacement_id
        )
        # Somebody may have made a real order of one.
        orders |= replacements.filtered(
            lambda order: order.partner_id == self.partner_id
        )
        return {
            "sale.order": orders,
            "account.move": self.env["account.move"].search(in_journals),
            "account.payment": self.env["account.payment"].search(in_journals),
        }

    def _remove(self, documents):
        """:return: entries that the company keeps"""
        # The system deletes: the host lets no one else take a number out of a chain,
        # and these chains go as a whole. No guard: nothing of it is real.
        system = self.with_user(SUPERUSER_ID).with_context(
            order_reversal_running=ENGINE
        )
        documents = {
            model: records.with_env(system.env) for model, records in documents.items()
        }
        system._close_requests(documents)
        kept = system._remove_entries(
            documents["account.move"], documents["account.payment"]
        )
        system._remove_orders(documents["sale.order"], kept)
        system._remove_setup(kept)
        return kept.with_env(self.env)

    def _close_requests(self, documents):
        """Nothing of it waits any more, and no record holds its entries."""
        reversals = self.env["order.reversal"].search(
            [("is_practice", "=", True), ("company_id", "=", self.company_id.id)]
        )
        waiting = reversals.filtered(lambda reversal: reversal.state == "to_approve")
        waiting.action_cancel()
        settlements = reversals.settlement_ids
        settlements._engine_env(settlements.credit_ids).unlink()
        settlements.filtered(lambda one: one.state == "draft").unlink()
        reversals.filtered(
            lambda reversal: reversal.state == "draft" and not reversal.log_ids
        ).unlink()

    def _remove_entries(self, moves, payments):
        """For each what the law and the company allow, as the host's own clean-up does.

        Deleted; cancelled, where what was posted once has to stay; taken back, where
        the period is closed.

        :return: entries that stay
        """
        moves.line_ids.remove_move_reconcile()
        locked = moves.filtered(lambda move: not move._can_be_unlinked())
        protected = (moves - locked).filtered("posted_before")
        protected = protected.filtered(lambda move: move._is_protected_by_audit_trail())
        deletable = moves - locked - protected
        gone = payments.filtered(
            lambda payment: not payment.move_id or payment.move_id in deletable
        )
        # A payment in force may not be without its entry, not even for a moment.
        gone.action_draft()
        gone.unlink()
        payments -= gone
        payments.filtered(
            lambda payment: payment.move_id in protected
            and payment.state in PAYMENT_IN_FORCE
        ).action_cancel()
        deletable = deletable.exists()
        deletable.filtered(lambda move: move.state != "draft").button_draft()
        deletable.unlink()
        protected.filtered(lambda move: move.state != "cancel").button_cancel()
        counter = self._take_back_locked(
            locked.filtered(lambda move: move.state == "posted")
        )
        payments.filtered(lambda payment: payment.move_id in locked).state = "canceled"
        return locked | protected | counter

    def _take_back_locked(self, moves):
        """Counter-entries on the first open day."""
        if not moves:
            return moves
        return moves._reverse_moves(
            [
                {
                    "date": day,
                    "ref": self.env._("Practice removed: %s", move.name),
                    **({"invoice_date": day} if move.is_invoice() else {}),
                }
                for move in moves
                for day in (self._get_open_day(move.journal_id),)
            ],
            cancel=True,
        )

    def _get_open_day(self, journal):
        """The first day from today on that is not locked."""
        day = fields.Date.context_today(self)
        while locks := self.company_id._get_violated_lock_dates(day, False, journal):
            day = locks[-1][0] + timedelta(days=1)
        return day

    def _remove_orders(self, orders, kept):
        orders = orders.exists()
        orders.filtered("locked").action_unlock()
        orders.filtered(lambda order: order.state != "cancel")._action_cancel()
        orders.filtered(lambda order: not order.invoice_ids).unlink()

    def _remove_setup(self, kept):
        """What is still needed by entries that are kept is put aside."""
        journals = self._get_journals()
        accounts = self.account_ids
        partner, product = self.partner_id, self.product_id
        self.write(
            {
                "journal_id": False,
                "payment_journal_id": False,
                "partner_id": False,
                "product_id": False,
                "account_ids": False,
            }
        )
        if kept:
            for records in (journals, partner, product, accounts):
                records.action_archive()
            return
        # Dialogs that registered the payments; the host clears them away later.
        self.env["account.payment.register"].search(
            [("partner_id", "in", partner.ids)]
        ).unlink()
        journals.unlink()
        partner.unlink()
        product.unlink()
        used = self.env["account.move.line"]._read_group(
            [("account_id", "in", accounts.ids)], ["account_id"]
        )
        needed = self.env["account.account"].union(*(row[0] for row in used))
        needed.action_archive()
        (accounts - needed).unlink()

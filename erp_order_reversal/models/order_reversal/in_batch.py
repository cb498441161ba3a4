from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...engine import Choices
from ...plan import found_text


class OrderReversal(models.Model):
    """A reversal that was asked for in bulk."""

    _inherit = "order.reversal"

    batch_id = fields.Many2one(
        "order.reversal.batch",
        "Bulk Reversal",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    batch_group = fields.Integer(
        readonly=True,
        copy=False,
        help="Reversals of a batch with the same number share an invoice or a payment.",
    )
    _once_in_batch = models.UniqueIndex(
        "(batch_id, COALESCE(order_id, 0), COALESCE(move_id, 0), "
        "COALESCE(payment_id, 0)) WHERE batch_id IS NOT NULL "
        "AND num_nonnulls(order_id, move_id, payment_id) = 1",
        "This document is in the batch already.",
    )
    # In the order in which workers take them: each reads a part alone, of however many.
    _queued_idx = models.Index(
        "(batch_id, company_id, batch_group, id) WHERE state = 'queued'"
    )

    @api.model
    def _get_next_names(self, count, sequence=None):
        """Numbers for many reversals, in one query where the sequence allows it.

        :param sequence: `ir.sequence`; that of these reversals by default
        """
        if self._get_rehearsal():
            return self._predict_names(count)
        sequence = sequence or self._get_sequence()
        if not sequence:
            return ["/"] * count
        if sequence.implementation != "standard" or sequence.use_date_range:
            return [sequence.next_by_id() for _i in range(count)]
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03d}",
                count,
            )
        )
        return [sequence.get_next_char(number) for (number,) in rows]

    @api.model
    def _get_sequence(self):
        """The sequence that numbers reversals of the company of the environment."""
        # sudo: whoever may ask for a reversal gets a number for it.
        return (
            self.env["ir.sequence"]
            .sudo()
            .search_fetch(
                [
                    ("code", "=", "order.reversal"),
                    ("company_id", "in", (self.env.company.id, False)),
                ],
                ["implementation", "use_date_range", "prefix", "suffix", "padding"],
                order="company_id",
                limit=1,
            )
        )

    def _submit_queued(self):
        """Carry out queued reversals of one company, as the user of the environment.

        Like `action_submit`, but what stands against one of them does not hold up the
        others.

        :return: {reversal: what stands against it}
        """
        self._check_may_request()
        blocked = {}
        rest = self
        while rest:
            plans = dict(zip(rest, rest._lock_and_assess(), strict=True))
            part = rest._select_disjoint(plans)
            part._leave_shared_payments(plans)
            blocked.update(part._submit_planned(plans))
            rest -= part
        return blocked

    def _check_may_request(self):
        """:raise AccessError: the owner lost the right since the batch was started"""
        self.check_access("write")
        self._check_roots_readable()
        if not self.env.user.active:
            raise AccessError(
                self.env._(
                    "%s is archived. Somebody else has to start a new batch.",
                    self.env.user.name,
                )
            )

    def _select_disjoint(self, plans):
        """Those whose documents no other one of them touches, first come first.

        The others are planned again afterwards, on what is true then.

        :param dict plans: {reversal: Plan}
        """
        seen = set()
        chosen = self.browse()
        for reversal in self:
            documents = {
                (model, record_id)
                for model, records in plans[reversal].documents.items()
                for record_id in records.ids
            }
            if not documents & seen:
                chosen |= reversal
            seen |= documents
        return chosen

    def _leave_shared_payments(self, plans):
        """Release a payment that later ones of the batch settle with, too.

        It can't be voided while it settles something else; the last one voids it.

        :param dict plans: {reversal: Plan}, updated
        """
        for reversal in self:
            shared = [
                found["res_id"]
                for found in plans[reversal].blockers
                if found["code"] == "payment_shared"
            ]
            if not shared or len(shared) != len(plans[reversal].blockers):
                continue
            # sudo: the plan reads payments as sudo, too.
            payments = self.env["account.payment"].sudo().browse(shared)
            if reversal._is_settled_in_batch(payments, plans[reversal]):
                chosen = Choices(
                    {
                        (payment._name, payment.id): {"payment_method": "credit"}
                        for payment in payments
                    }
                )
                runner = reversal.with_context(order_reversal_choices=chosen)
                [plans[reversal]] = runner._assess()

    def _is_settled_in_batch(self, payments, plan):
        """Whether all that the payments settle beside is queued in the batch."""
        self.ensure_one()
        invoices = payments._reversal_get_invoices() - plan.records("account.move")
        if not self.batch_group:
            return False
        queued = self.search(
            [
                ("batch_id", "=", self.batch_id.id),
                ("batch_group", "=", self.batch_group),
                ("state", "=", "queued"),
                ("id", "!=", self.id),
            ]
        )
        # sudo: which invoices they are; nothing of them is shown.
        covered = queued.move_id | queued.payment_id.sudo()._reversal_get_invoices()
        orders = queued.order_id
        return all(
            invoice in covered
            or (
                invoice.line_ids.sale_line_ids.order_id
                and invoice.line_ids.sale_line_ids.order_id <= orders
            )
            for invoice in invoices
        )

    def _ask_approvers(self):
        """One activity on the batch stands for all of its reversals."""
        alone = self.filtered(lambda reversal: not reversal.batch_id)
        return super(OrderReversal, alone)._ask_approvers()

    def _get_sources(self):
        """Of a batch, one message tells of all."""
        alone = self.filtered(lambda reversal: not reversal.batch_id)
        # sudo: a note on a batch that its owner started, by whoever may approve.
        return super(OrderReversal, alone)._get_sources() | {
            batch.sudo(): reversals
            for batch, reversals in (self - alone).grouped("batch_id").items()
        }

    def _hook_if_success(self):
        result = super()._hook_if_success()
        self.batch_id._finish_approval_activities()
        return result

    def _finish_approval_activities(self):
        result = super()._finish_approval_activities()
        self.batch_id._finish_approval_activities()
        return result

    def _submit_planned(self, plans):
        blocked = {
            reversal: "\n".join(map(found_text, plans[reversal].blockers))
            for reversal in self
            if plans[reversal].blockers
        }
        ready = self - self.browse().union(*blocked)
        waiting = ready.filtered(lambda reversal: reversal._needs_approval())
        if rehearsal := self._get_rehearsal():
            rehearsal.refused.update(
                {reversal.id: plans[reversal].blockers[0] for reversal in blocked}
            )
            rehearsal.waiting.update(waiting.ids)
            (ready - waiting)._try_out_queued(rehearsal)
            # sudo: in the hands of an approver, see `_as_executor`.
            waiting.sudo()._try_out_queued(rehearsal)
            return blocked
        (ready - waiting)._execute()
        waiting._request_approval()
        return blocked

    def _would_need_approval(self, plan):
        """Whether this reversal of the selection dialog would have to be approved."""
        values = self._plan_vals(plan)
        sums = ("amount_total", "amount_credit", "amount_refund", "amount_fee")
        for name in ("step_ids", *sums):
            self[name] = values[name]
        return self._needs_approval()

    def _mark_failed(self, message):
        """Keep why it was not carried out, on the reversal and in the log."""
        self._set_state("failed", error=message)
        self.env["order.reversal.log"]._record(
            [
                {
                    "event": "failed",
                    "reversal": reversal,
                    "record": reversal,
                    "detail": {"error": message},
                }
                for reversal in self
            ]
        )

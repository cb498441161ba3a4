import json
from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command


class OrderReversal(models.Model):
    """Taking a reversal back: the order is settled again, to the same balances."""

    _inherit = "order.reversal"

    undone_by_id = fields.Many2one(
        "res.users", "Restored by", readonly=True, copy=False
    )
    undone_on = fields.Datetime("Restored on", readonly=True, copy=False)

    def action_undo(self):
        """Settle the order again, through the host's engine and within its locks.

        Where the policy wants four eyes, the first call asks, and a second person
        approves.

        :raise AccessError: no reversal manager, or the same person twice
        :raise UserError: with every reason why it is no longer legal
        """
        if not self.env.user.has_group("erp_order_reversal.group_reversal_manager"):
            raise AccessError(
                self.env._(
                    "Only a reversal manager may restore %s. Ask one of them.",
                    ", ".join(self.mapped("name")),
                )
            )
        self._check_state("done")
        self._restore()
        return True

    def _restore(self):
        for company, reversals in self.grouped("company_id").items():
            reversals._working_in(company)._undo()

    def _undo(self):
        problems = [
            f"• {problem}" for reversal in self for problem in reversal._undo_blockers()
        ]
        if problems:
            raise self._error(
                self.env._("This can't be restored any more:")
                + "\n"
                + "\n".join(problems)
            )
        self._check_may_execute()
        for reversal in self:
            if not reversal._ask_undo():
                reversal._execute_undo()

    def _undo_blockers(self):
        """Why the order can't be settled again as it was.

        :return: list of sentences, each with what can be done instead
        """
        self.ensure_one()
        blockers = []
        for step in self.step_ids:
            document = step._get_document()
            if not document.exists():
                blockers.append(self.env._("%s was deleted since.", step.res_name))
                continue
            blockers += document._reversal_undo_blockers(step)
        return blockers

    def _execute_undo(self):
        """Carry the steps back in the opposite order, then compare with the image."""
        self.ensure_one()
        self._lock_steps()
        self._running()._undo_steps()
        self.env.flush_all()
        self._check_restored()
        self._finish_undo()

    def _undo_steps(self):
        for operation in reversed(self.step_ids._get_operations()):
            steps = self.step_ids.filtered(lambda s, op=operation: s.operation == op)
            for model, of_model in steps.grouped("res_model").items():
                undo = getattr(self.env[model], f"_reversal_undo_{operation}", None)
                if undo:
                    undo(of_model)
        self._restore_matches()
        self._restore_payment_links()
        self._restore_down_payments()
        self._lock_orders_again()

    def _lock_steps(self):
        for model, steps in self.step_ids.grouped("res_model").items():
            records = self.env[model].browse(steps.mapped("res_id"))
            busy = records - records.try_lock_for_update(allow_referencing=True)
            if busy:
                raise self._error(
                    self.env._(
                        "Somebody else is changing %s right now. Wait a moment and try "
                        "again.",
                        ", ".join(busy.mapped("display_name")),
                    )
                )

    def _image_rows(self, table):
        return json.loads(self.snapshot_json()).get("tables", {}).get(table, [])

    def _restore_matches(self):
        """Match again what was matched, in the order in which it had been done.

        Beside a later reversal of another part, first what this one released wholly:
        what the other one released is its own to match.
        """
        model = self.env["account.partial.reconcile"]
        lines = self.env["account.move.line"]
        released = self.step_ids._get_releases()
        later = self._get_later().step_ids._get_releases()

        def order(row):
            own = released.get(row["id"])
            return (
                (not own, bool(own and own["keep"]), row["id"]) if later else row["id"]
            )

        rows = self._image_rows("account_partial_reconcile")
        alive = set(model.browse(row["id"] for row in rows).exists()._ids)
        for row in sorted(rows, key=order):
            theirs = row["id"] in later and row["id"] not in released
            if theirs or row["id"] in alive:
                continue
            pair = lines.browse([row["debit_move_id"], row["credit_move_id"]]).exists()
            follows = pair.move_id.exchange_diff_partial_ids
            if len(pair) < 2 or (follows and row["id"] not in released):
                continue
            if any(line.parent_state != "posted" for line in pair):
                continue
            # A part that another restore matched: once more as one, since exchange
            # differences and taxes on payment are rounded for each match.
            (pair.matched_debit_ids & pair.matched_credit_ids).unlink()
            if not any(pair.mapped("reconciled")):
                pair.reconcile()

    def _get_later(self):
        """Done reversals that took back another part of the same documents since."""
        self.ensure_one()
        documents = self.step_ids.filtered(
            lambda step: step.res_model in ("account.move", "account.payment")
        )
        # sudo: reversals of others, for what of the matches is theirs.
        steps = documents.sudo().search(
            [
                ("res_model", "in", documents.mapped("res_model")),
                ("res_id", "in", documents.mapped("res_id")),
                ("reversal_id", "!=", self.id),
                ("reversal_id.state", "=", "done"),
                ("reversal_id.done_on", ">=", self.done_on),
            ]
        )
        own = {(step.res_model, step.res_id) for step in documents}
        return steps.filtered(
            lambda step: (step.res_model, step.res_id) in own
        ).reversal_id

    def _restore_payment_links(self):
        """The payments' list of invoices, as it was."""
        linked = defaultdict(list)
        for row in self._image_rows("account_move__account_payment"):
            linked[row["payment_id"]].append(row["invoice_id"])
        for payment_id, move_ids in linked.items():
            self.env["account.payment"].browse(payment_id).write(
                {"invoice_ids": [Command.link(move_id) for move_id in move_ids]}
            )

    def _restore_down_payments(self):
        for key, before in self.fingerprint_data["documents"].items():
            model, record_id = key.split(",")
            if model == "sale.order":
                order = self.env[model].browse(int(record_id))
                order._reversal_restore_down_payments(before["lines"])

    def _lock_orders_again(self):
        steps = self.step_ids.filtered(
            lambda step: step.res_model == "sale.order" and step.operation == "unlock"
        )
        if steps:
            steps._get_document().action_lock()

    def _finish_undo(self):
        self._set_state(
            "undone", undone_by_id=self.env.uid, undone_on=fields.Datetime.now()
        )
        self._finish_approval_activities()
        link = self._get_record_link()
        for model, steps in self.step_ids.grouped("res_model").items():
            records = self.env[model].browse(steps.mapped("res_id"))
            body = self.env._("Restored: the reversal %s was taken back.", link)
            records._message_log_batch(bodies=dict.fromkeys(records.ids, body))
        self.env["order.reversal.log"]._record(
            [{"event": "undone", "reversal": self, "record": self}]
        )

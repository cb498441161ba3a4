import json
from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from ..const import CREDIT_TYPES, PAYMENT_IN_FORCE

# What a restored document must agree on with the image taken before the reversal.
RESTORED = ("state", "locked", "amount_total", "amount_residual", "payment_state")


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

    # ------------------------------------------------------------------
    # Is it still legal?
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # Execution
    # ------------------------------------------------------------------

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
        """Match again what was matched, in the order in which it had been done."""
        model = self.env["account.partial.reconcile"]
        lines = self.env["account.move.line"]
        released = {
            release["partial_id"]
            for step in self.step_ids
            for release in (step.data or {}).get("releases", [])
        }
        rows = sorted(
            self._image_rows("account_partial_reconcile"), key=lambda row: row["id"]
        )
        for row in rows:
            if model.browse(row["id"]).exists():
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

    def _is_restored(self, record, name, before, now):
        """Whether a value is what it was, but for what is the business of others.

        A payment is “paid” or still “in process” by what else it settles, and another
        part of an invoice may have been paid or taken back meanwhile.
        """
        if json.dumps(before) == json.dumps(now):
            return True
        if record._name == "account.payment" and name == "state":
            return before in PAYMENT_IN_FORCE and now in PAYMENT_IN_FORCE
        if record._name == "account.move" and name in (
            "amount_residual",
            "payment_state",
        ):
            since = self._get_matched_since(record)
            if record.currency_id.is_zero(since):
                return False
            return name == "payment_state" or not record.currency_id.compare_amounts(
                now + since, before
            )
        return False

    def _get_matched_since(self, move):
        """What others matched with an invoice since the before-image, less what of it
        went: credit notes that are cancelled by now.

        :return: float, in the currency of the invoice
        """
        owed = move.line_ids.filtered(
            lambda line: line.account_type in ("asset_receivable", "liability_payable")
        )
        total, known = 0.0, set()
        for row in self._image_rows("account_partial_reconcile"):
            pair = (row["debit_move_id"], row["credit_move_id"])
            known.add(pair)
            for side, own, other in (("debit", *pair), ("credit", *reversed(pair))):
                if own in owed._ids and self._is_withdrawn(other):
                    total -= row[f"{side}_amount_currency"]
        for side, partials in (
            ("debit", owed.matched_credit_ids),
            ("credit", owed.matched_debit_ids),
        ):
            for partial in partials:
                if (partial.debit_move_id.id, partial.credit_move_id.id) not in known:
                    total += partial[f"{side}_amount_currency"]
        return total

    def _is_withdrawn(self, item_id):
        """Whether a journal item belongs to a credit note that is in force no more."""
        # sudo: the state alone, of what was matched with the reversal's documents.
        item = self.env["account.move.line"].sudo().browse(item_id).exists()
        return item.move_id.move_type in CREDIT_TYPES and item.parent_state != "posted"

    def _check_restored(self):
        """Every document of the plan must be what it was, or nothing is kept."""
        differences = [
            problem
            for step in self.step_ids
            if step.res_model == "account.move" and step.operation in ("credit", "void")
            # sudo: reads for a check what the plan read as sudo, too.
            for problem in step._get_document().sudo()._reversal_restored_problems(step)
        ]
        for key, before in self.fingerprint_data["documents"].items():
            model, record_id = key.split(",")
            # sudo: reads for a check what the plan read as sudo, too.
            record = self.env[model].sudo().browse(int(record_id)).exists()
            now = record._reversal_fingerprint() if record else {}
            for name in RESTORED:
                if name in before and not self._is_restored(
                    record, name, before[name], now.get(name)
                ):
                    differences.append(
                        self.env._(
                            "%(document)s: %(field)s would be %(now)s instead of "
                            "%(before)s",
                            document=before["name"],
                            field=record._fields[name]._description_string(self.env)
                            if name in record._fields
                            else name,
                            now=now.get(name),
                            before=before[name],
                        )
                    )
        if differences:
            raise self._error(
                self.env._(
                    "The order could not be settled again exactly as it was, so "
                    "nothing was changed:"
                )
                + "\n"
                + "\n".join(f"• {difference}" for difference in differences)
                + "\n"
                + self.env._("Settle it by hand, or create a new order.")
            )

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

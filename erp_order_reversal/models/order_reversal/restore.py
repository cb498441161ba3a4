from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from ...checks import check_one, check_records
from ...plan import CreditData, frozen


class OrderReversal(models.Model):
    """A reversal that takes another one back: the order is settled again.

    It is planned from the steps of the other one, with the inverse operation of each
    (`Operation.inverse`), and carried out, approved and recorded like any reversal.
    """

    _inherit = "order.reversal"

    restores_id = fields.Many2one(
        "order.reversal",
        "Restores",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The reversal that this one takes back.",
    )
    restore_ids = fields.One2many(
        "order.reversal", "restores_id", "Restores of It", readonly=True
    )
    restored_by_id = fields.Many2one(
        "order.reversal", "Restored by", compute="_compute_restored_by_id"
    )
    undone_by_id = fields.Many2one(
        "res.users", "Restored by User", readonly=True, copy=False
    )
    undone_on = fields.Datetime("Restored on", readonly=True, copy=False)

    @api.depends("restore_ids.state")
    def _compute_restored_by_id(self):
        for reversal in self:
            done = reversal.restore_ids.filtered(
                lambda restore: restore.state == "done"
            )
            reversal.restored_by_id = done[:1]

    # ------------------------------------------------------------------
    # Request
    # ------------------------------------------------------------------

    def action_undo(self):
        """Settle the order again, through the host's engine and within its locks.

        Where the policy wants four eyes, this asks, and a second person approves.

        :raise AccessError: no reversal manager
        :raise UserError: with every reason why it is no longer legal
        :return: True
        """
        self._check_may_restore()
        self._check_restorable()
        # Whatever is refused leaves no request behind.
        with self.env.cr.savepoint():
            self.create(
                [
                    {"restores_id": reversal.id, "reason_id": reason.id}
                    for reversal in self
                    for reason in (reversal._get_restore_reason(),)
                ]
            ).action_submit()
        return True

    def action_open_restore(self):
        """Open the dialog that takes this reversal back, with plan and reason.

        :raise AccessError: no reversal manager
        :return: a window action on `order.reversal`, as a dialog
        """
        check_one(self)
        self._check_may_restore()
        self._check_restorable()
        action = self.env["order.reversal.mixin"]._reversal_dialog_action(
            self.env._("Restore %s", self.root_name)
        )
        action["context"]["default_restores_id"] = self.id
        return action

    def _check_may_restore(self):
        """:raise AccessError: no reversal manager"""
        check_records(self)
        if not self.env.user.has_group("erp_order_reversal.group_reversal_manager"):
            raise AccessError(
                self.env._(
                    "Only a reversal manager may restore %s. Ask one of them.",
                    ", ".join(self.mapped("name")),
                )
            )

    def _check_restorable(self):
        """:raise UserError: not done, or a restore itself"""
        if restores := self.filtered("restores_id"):
            raise self._error(
                self.env._(
                    "%s restored an order. To take that back, take the order back "
                    "again: open it and choose “Reverse…”.",
                    ", ".join(restores.mapped("name")),
                )
            )
        self._check_state("done")

    def _get_restore_reason(self):
        """A mistake, as far as nobody says otherwise; else the reason given before.

        :return: `order.reversal.reason`, an archived one if there is no other
        """
        self.ensure_one()
        return self.reason_id._get_mistake(self.company_id) or self.reason_id

    @api.model
    def _get_restore_values(self, restores_id):
        """What a restore takes over from the reversal that it takes back.

        :param int restores_id: id of the reversal
        :raise AccessError: no reversal manager
        :return: dict
        """
        origin = self.browse(restores_id)
        origin._check_may_restore()
        origin.check_access("read")
        origin._check_restorable()
        names = [*self._root_fields, "scope"]
        values = {name: origin[name] for name in names if origin[name]}
        return origin._convert_to_write(values)

    # ------------------------------------------------------------------
    # Plan
    # ------------------------------------------------------------------

    def _plan_restore(self, plan):
        """Add documents, blockers and the inverse of each step to a plan.

        :param Plan plan: of this restore
        """
        origin = self.restores_id
        self._block_twice(plan)
        steps = origin.step_ids
        alive = self._find_documents(plan, steps)
        planned = set()
        names = dict(steps._fields["operation"]._description_selection(self.env))
        for step in steps:
            if step not in alive:
                continue
            document = step._get_document()
            getattr(document, f"_reversal_obstacles_{step.operation}")(step, plan)
            inverse = step._get_row().inverse
            if (key := (inverse, step.res_model, step.res_id)) in planned:
                continue
            planned.add(key)
            plan.add_step(
                document,
                inverse,
                names[inverse],
                amount=step.amount,
                currency_id=step.currency_id.id,
                origin_id=step.id,
            )
        origin._name_movers(plan)
        if planned and plan.root:
            plan.add_step(plan.root, "settle", names["settle"])
        plan.steps.sort(key=lambda step: step["sequence"])

    def _block_twice(self, plan):
        """Only what is done, and not asked back by another request, is restored."""
        origin = self.restores_id
        if origin.state != "done":
            states = dict(self._fields["state"]._description_selection(self.env))
            plan.block(
                "not_restorable",
                self.env._(
                    "%(name)s is “%(state)s”, so there is nothing to restore.",
                    name=origin.name,
                    state=states[origin.state],
                ),
                origin,
                remedy=self.env._("Open it to see what was done."),
            )
        waiting = (origin.restore_ids - self._origin).filtered(
            lambda restore: restore.state in ("to_approve", "queued")
        )
        if waiting:
            plan.block(
                "restore_requested",
                self.env._(
                    "%(user)s asked to restore %(name)s already: %(request)s.",
                    user=waiting[0].requester_id.name,
                    name=origin.name,
                    request=waiting[0].name,
                ),
                waiting[0],
                remedy=self.env._("Wait until it is approved, or reject it first."),
            )

    def _find_documents(self, plan, steps):
        """Add the documents of these steps, and what came of them, to a plan.

        :return: the steps whose document still exists
        """
        wanted = defaultdict(set)
        for step in steps:
            wanted[step.res_model].add(step.res_id)
            if step.result_id:
                wanted[step.result_model].add(step.result_id)
        for model, ids in wanted.items():
            records = self.env[model].browse(sorted(ids)).exists()
            if isinstance(records, self.env.registry["order.reversal.mixin"]):
                plan.add_documents(records)
        gone = steps.filtered(
            lambda step: step.res_id not in plan.records(step.res_model)._ids
        )
        for step in gone:
            plan.block(
                "document_deleted",
                self.env._("%s has been deleted since.", step.res_name),
                remedy=self.env._("Settle it by hand, or create a new order."),
            )
        return steps - gone

    def _get_affected(self, shared):
        """Override: what the reversal made goes with it."""
        found = super()._get_affected(shared)
        for step in self.restores_id.step_ids.filtered("result_id"):
            made = self.env[step.result_model].browse(step.result_id).exists()
            found[made._name] = found.get(made._name, made) | made
        return found

    # ------------------------------------------------------------------
    # Execution: what no step can do by itself
    # ------------------------------------------------------------------

    def _restore_links(self):
        """Bring back matches, links and prices as the before-image has them."""
        self.ensure_one()
        origin = self.restores_id
        origin._restore_matches()
        origin._restore_payment_links()
        origin._restore_down_payments()

    def _image_rows(self, table):
        return self._snapshot().get("tables", {}).get(table, [])

    def _restore_matches(self):
        """Match again what was taken off, in the order in which it had been matched.

        What somebody else took off since stays off. Beside a later reversal of another
        part, first what this one released wholly: what the other one released is its
        own to match.
        """
        model = self.env["account.partial.reconcile"]
        lines = self.env["account.move.line"]
        released = {part.partial_id: part for part in self.step_ids._get_releases()}
        later = self._get_later_matches()

        def order(row):
            own = released.get(row["id"])
            return (not own, bool(own and own.keep), row["id"]) if later else row["id"]

        rows = self._image_rows("account_partial_reconcile")
        taken = self._get_taken_matches(rows)
        alive = set(model.browse(row["id"] for row in rows).exists()._ids)
        items = {
            row[side] for row in rows for side in ("debit_move_id", "credit_move_id")
        }
        moves = lines.browse(items).exists().move_id
        parts = moves.browse().union(*moves._reversal_made())
        for row in sorted(rows, key=order):
            theirs = row["id"] in later and row["id"] not in released
            if theirs or row["id"] in alive or row["id"] not in taken:
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
                pair._reversal_reconcile_as_made(parts)

    def _get_taken_matches(self, rows):
        """Which matches this reversal itself took off: what others did since is theirs.

        Those that it released or made anew, and all of the documents that it ended.

        :param rows: of `account_partial_reconcile` in the before-image
        :return: set of ids
        """
        taken = {release.partial_id for release in self.step_ids._get_releases()}
        for step in self.step_ids.filtered(lambda step: step.operation == "credit"):
            taken.update(CreditData.from_json(step.data).rematch_ids)
        ended = set(self._get_ended_entries().line_ids.ids)
        taken.update(
            row["id"]
            for row in rows
            if not ended.isdisjoint((row["debit_move_id"], row["credit_move_id"]))
        )
        return taken

    def _get_later_matches(self):
        """Matches that later reversals of another part took off: set of ids."""
        releases = self._get_later().step_ids._get_releases()
        return {release.partial_id for release in releases}

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
                ("reversal_id.restores_id", "=", False),
                ("reversal_id.done_on", ">=", self.done_on),
            ]
        )
        own = {(step.res_model, step.res_id) for step in documents}
        return steps.filtered(
            lambda step: (step.res_model, step.res_id) in own
        ).reversal_id.filtered(lambda other: other._is_done_after(self))

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
            model, record_id = frozen.parse_key(key)
            if model == "sale.order":
                order = self.env[model].browse(record_id)
                order._reversal_restore_down_payments(before["lines"])

    def _finish_restores(self):
        """What these restores took back is undone now, and says so."""
        origins = self.restores_id
        if not origins:
            return
        origins._set_state(
            "undone", undone_by_id=self.env.uid, undone_on=fields.Datetime.now()
        )
        self.env["order.reversal.log"]._record(
            {
                "event": "undone",
                "reversal": restore.restores_id,
                "record": restore.restores_id,
                "detail": {"result": restore.name, "reason": restore.reason_id.name},
            }
            for restore in self
            if restore.restores_id
        )

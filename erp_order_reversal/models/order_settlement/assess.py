from odoo import api, fields, models
from odoo.fields import Command

from ...const import CREDIT_TYPES, REVERSIBLE_TYPES
from .difference import VALUES


class OrderSettlement(models.Model):
    """What is settled again: orders, invoices, kept money, and what differs."""

    _inherit = "order.settlement"

    finding_ids = fields.One2many(
        "order.settlement.finding", "settlement_id", readonly=True, copy=False
    )
    blocker_count = fields.Integer(compute="_compute_blocker_count")
    fingerprint = fields.Json(
        readonly=True, copy=False, help="What was shown when it was last assessed."
    )

    @api.depends("finding_ids.severity")
    def _compute_blocker_count(self):
        for settlement in self:
            blockers = settlement.finding_ids.filtered(
                lambda found: found.severity == "blocker"
            )
            settlement.blocker_count = len(blockers)

    def action_assess(self):
        """Look again at what would be settled, and show it.

        :return: True
        """
        self.check_access("write")
        self._check_draft()
        self._check_own_draft()
        self._assess()
        return True

    def _assess(self):
        """Read the documents as they are now into these drafts."""
        for settlement in self:
            # sudo: the reversal may be read, and with it what it touched; what may be
            # changed is a matter of the user's own rights, see `_find_rights`.
            reader = settlement.sudo()
            reader._read_documents()
            reader._read_credits()
            settlement._rehearse()
            settlement._engine_env(settlement).fingerprint = reader._get_shown()
            settlement._write_findings()

    def _get_shown(self):
        """What has to be the same when it is confirmed: JSON values."""
        self.ensure_one()
        order_lines = self.order_ids.order_line.filtered(
            lambda line: not line.display_type
        )
        return {
            "orders": [
                [order.id, order.state, order.partner_invoice_id.id]
                for order in self.order_ids
            ],
            "lines": [
                [line.id, *(line[name] for name in VALUES.values()), line.tax_ids.ids]
                for line in order_lines.sorted("id")
            ],
            "invoices": [
                [move.id, move.state, move.amount_residual]
                for move in self._get_invoices().sorted("id")
            ],
            "money": [[line.id, amount] for line, amount in self._get_kept()],
        }

    # ------------------------------------------------------------------
    # Orders and invoices
    # ------------------------------------------------------------------

    def _read_documents(self):
        self.ensure_one()
        orders = self._get_orders()
        invoices = self._get_released_invoices()
        source = orders[:1] or invoices[:1]
        partner = source.partner_invoice_id if orders else source.partner_id
        currency = source.currency_id or self.company_id.currency_id
        journal = self.journal_id or self._get_default_journal(orders)
        differences = self._prepare_differences(orders)
        self._engine_env(self).write(
            {
                "order_ids": [Command.set(orders.ids)],
                "partner_id": (partner or self.reversal_id.partner_id).id,
                "currency_id": currency.id,
                "journal_id": journal.id,
                "difference_ids": [
                    Command.clear(),
                    *(Command.create(vals) for vals in differences),
                ],
                "amount_before": sum(vals["subtotal_before"] for vals in differences),
                "amount_after": sum(vals["subtotal_after"] for vals in differences),
            }
        )

    def _get_orders(self):
        """The orders to settle: those taken back, or the one that replaces them."""
        self.ensure_one()
        reversal = self.reversal_id
        if reversal.scope == "cancel":
            return reversal.replacement_id
        if reversal.scope in ("invoice", "draft"):
            return reversal.taken_back_order_ids
        return self.env["sale.order"]

    def _get_released_invoices(self):
        """Invoices that a reversal of the payments alone took the money off."""
        self.ensure_one()
        if self.reversal_id.scope != "payment":
            return self.env["account.move"]
        ids = {release.invoice_id for release in self._get_releases()}
        return self.env["account.move"].browse(sorted(ids)).exists()

    def _get_releases(self):
        """What the reversal took off.

        :return: list of `Release`
        """
        return self.reversal_id.step_ids.filtered(
            lambda step: step.operation == "release" and step.done
        )._get_releases()

    def _get_default_journal(self, orders):
        """The journal of what was taken back, else the order's or the company's."""
        moves = self._get_taken_back_moves().filtered(
            lambda move: move.journal_id.type == "sale" and move.journal_id.active
        )
        journals = self.env["account.journal"]
        return (
            moves.journal_id[:1]
            or orders.journal_id[:1]
            or journals.search(
                [
                    *journals._check_company_domain(self.company_id),
                    ("type", "=", "sale"),
                ],
                limit=1,
            )
        )

    def _get_taken_back_moves(self):
        """The invoices that the reversal credited or voided."""
        ids = [
            step.res_id
            for step in self.reversal_id.step_ids
            if step.res_model == "account.move" and step.operation in ("credit", "void")
        ]
        return self.env["account.move"].browse(ids).exists()

    def _get_invoices(self):
        """Invoices to match, or to post first, that are there already.

        Of orders, the drafts, and what was invoiced by hand since the reversal.
        """
        self.ensure_one()
        if self.reversal_id.scope == "payment":
            return self._get_released_invoices().filtered(self._is_open)
        newest = self._get_newest_known_move()
        moves = self.order_ids.order_line.invoice_lines.move_id
        return moves.filtered(
            lambda move: (
                move.state == "draft"
                and move.move_type in REVERSIBLE_TYPES + CREDIT_TYPES
            )
            or (move.id > newest and self._is_open(move))
        )

    def _get_stale_drafts(self):
        """Draft credit notes of invoices that the reversal took back already.

        Posted, they would take back the same once more; and the host counts them, so
        that it would invoice as much again.
        """
        drafts = self._get_taken_back_moves().reversal_move_ids
        return drafts.filtered(lambda move: move.state == "draft")

    @api.model
    def _is_open(self, move):
        return (
            move.state == "posted"
            and move.move_type in REVERSIBLE_TYPES
            and not move.currency_id.is_zero(move.amount_residual)
        )

    def _get_newest_known_move(self):
        """Id of the youngest entry that the reversal knew or made."""
        reversal = self.reversal_id
        known = [row["id"] for row in reversal._image_rows("account_move")]
        known += [
            step.result_id
            for step in reversal.step_ids
            if step.result_model == "account.move"
        ]
        return max(known, default=0)

    # ------------------------------------------------------------------
    # Kept money
    # ------------------------------------------------------------------

    def _get_kept(self):
        """What the reversal left open and still is, never other credits.

        :return: list of (journal item, amount in its currency, positive)
        """
        self.ensure_one()
        lines = self.env["account.move.line"]
        left = {}
        for release in self._get_releases():
            if release.counterpart_id:
                line = lines.browse(release.counterpart_id)
                left[line] = left.get(line, 0.0) + release.own_taken
        kept = []
        for line, amount in left.items():
            if not line.exists() or line.parent_state != "posted":
                continue
            amount = min(amount, abs(line.amount_residual_currency))
            if not line.currency_id.is_zero(amount):
                kept.append((line, line.currency_id.round(amount)))
        return kept

    def _read_credits(self):
        """A row for each kept amount; what a person chose stays, if it can."""
        self.ensure_one()
        known = {credit.line_id: credit for credit in self.credit_ids}
        commands = []
        for line, amount in self._get_kept():
            payment = line.move_id.origin_payment_id
            credit = known.pop(line, None)
            wanted = amount if self._is_own_money(line) else 0.0
            if credit and credit.is_chosen:
                wanted = credit.amount
            row = {
                "payment_id": payment.id,
                "name": payment.name or line.move_id.name,
                "partner_id": line.partner_id.id,
                "date": line.date,
                "currency_id": line.currency_id.id,
                "amount_open": amount,
                "amount": min(wanted, amount),
            }
            # The row itself stays: a dialog may show it.
            commands.append(
                Command.update(credit.id, row)
                if credit
                else Command.create({"line_id": line.id, **row})
            )
        gone = [Command.delete(credit.id) for credit in known.values()]
        self._engine_env(self).credit_ids = gone + commands

    def _is_own_money(self, line):
        """Whether it came from whom the invoice goes to now."""
        partner = self.partner_id.commercial_partner_id
        return not partner or line.partner_id.commercial_partner_id == partner

    # ------------------------------------------------------------------
    # Before and after, line by line
    # ------------------------------------------------------------------

    def _prepare_differences(self, orders):
        """Values of `order.settlement.difference`, in the order of the lines."""
        old = self._get_old_lines()
        rows = []
        for sequence, line in enumerate(
            line
            for line in orders.order_line
            if not line.display_type and not line.is_downpayment
        ):
            before = self._take_old_line(old, line)
            rows.append(
                {
                    "sequence": 10 * (sequence + 1),
                    "order_line_id": line.id,
                    "product_id": line.product_id.id,
                    "name": line.product_id.display_name or line.name,
                    "currency_id": line.currency_id.id,
                    "is_there": True,
                    "tax_after": ", ".join(line.tax_ids.mapped("name")),
                    **{f"{name}_after": line[field] for name, field in VALUES.items()},
                    **self._values_before(before),
                }
            )
        products = self.env["product.product"]
        for before in old.values():
            product = products.browse(before["product_id"]).exists()
            rows.append(
                {
                    "sequence": 10 * (len(rows) + 1),
                    "product_id": product.id,
                    "name": product.display_name or before["name"],
                    "currency_id": before["currency_id"],
                    "is_there": False,
                    **{f"{name}_after": 0.0 for name in VALUES},
                    **self._values_before(before),
                }
            )
        return rows

    def _get_old_lines(self):
        """{id: row of the before-image} of the orders' lines; {} for none."""
        if self.reversal_id.scope == "payment":
            return {}
        taxes = {}
        for row in self.reversal_id._image_rows("account_tax_sale_order_line_rel"):
            of_line = taxes.setdefault(row["sale_order_line_id"], [])
            of_line.append(row["account_tax_id"])
        old = self.reversal_id.taken_back_order_ids.ids
        return {
            row["id"]: {**row, "tax_ids": sorted(taxes.get(row["id"], []))}
            for row in self.reversal_id._image_rows("sale_order_line")
            if row["order_id"] in old
            and not row["display_type"]
            and not row["is_downpayment"]
        }

    def _take_old_line(self, old, line):
        """What a line was: itself, or in a replaced order the next of its product."""
        if line.id in old:
            return old.pop(line.id)
        if line.order_id == self.reversal_id.replacement_id:
            for key in sorted(old):
                if old[key]["product_id"] == line.product_id.id:
                    return old.pop(key)
        return None

    def _values_before(self, row):
        if not row:
            return {"was_there": False, **{f"{name}_before": 0.0 for name in VALUES}}
        taxes = self.env["account.tax"].browse(row["tax_ids"]).exists()
        return {
            "was_there": True,
            "tax_before": ", ".join(taxes.mapped("name")),
            **{f"{name}_before": row[field] or 0.0 for name, field in VALUES.items()},
        }

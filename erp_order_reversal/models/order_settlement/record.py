from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...checks import check_one, check_type

# The one table of the state gate: from which states a state may be reached.
STATES = [("draft", "Draft"), ("done", "Settled")]
STATE_FLOW = {"done": {"draft"}}


class OrderSettlement(models.Model):
    """What a reversal left is settled again: once, all of it or nothing."""

    _name = "order.settlement"
    _description = "Settlement after a Reversal"
    _inherit = ["order.reversal.guarded.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _given_fields = ("reversal_id",)

    name = fields.Char(readonly=True, copy=False, default="/")
    reversal_id = fields.Many2one(
        "order.reversal", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="reversal_id.company_id", store=True, precompute=True, index=True
    )
    order_ids = fields.Many2many("sale.order", string="Orders", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(
        "Invoice Date",
        request=True,
        required=True,
        default=fields.Date.context_today,
        help="Date of the new invoice and of a refund.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        request=True,
        check_company=True,
        domain="[('type', '=', 'sale')]",
        help="Journal of the new invoice.",
    )
    rest_method = fields.Selection(
        [("keep", "Keep as customer credit"), ("refund", "Refund the customer")],
        "What is over",
        request=True,
        required=True,
        default="keep",
        help="What becomes of the money that is more than what is invoiced now.",
    )
    state = fields.Selection(
        STATES, required=True, readonly=True, copy=False, default="draft", index=True
    )
    done_on = fields.Datetime(readonly=True, copy=False)
    difference_ids = fields.One2many(
        "order.settlement.difference", "settlement_id", "Lines", readonly=True
    )
    credit_ids = fields.One2many(
        "order.settlement.credit", "settlement_id", "Kept Money", request=True
    )
    move_ids = fields.Many2many(
        "account.move", string="Invoices", readonly=True, copy=False
    )
    refund_ids = fields.Many2many(
        "account.payment", string="Refunds", readonly=True, copy=False
    )
    amount_before = fields.Monetary("Settled Before", readonly=True)
    amount_after = fields.Monetary("Settled Now", readonly=True)
    amount_open = fields.Monetary(
        "To Be Paid", readonly=True, help="Of the invoices, before money is matched."
    )
    amount_kept = fields.Monetary(
        "Kept Money Matched", compute="_compute_amount_due", store=True
    )
    amount_due = fields.Monetary(
        "Due",
        compute="_compute_amount_due",
        store=True,
        help="What remains due after matching; below zero, what is over.",
    )
    amount_rest = fields.Monetary("Over", compute="_compute_amount_rest")

    @api.depends(
        "amount_open",
        "credit_ids.amount",
        "credit_ids.amount_open",
        "credit_ids.rate",
        "date",
        "state",
    )
    def _compute_amount_due(self):
        for settlement in self:
            if settlement.state != "draft":
                # What was carried out stays as it was.
                settlement.amount_kept = settlement.amount_kept
                settlement.amount_due = settlement.amount_due
                continue
            chosen = settlement._sum_credits("amount")
            matched = min(chosen, max(settlement.amount_open, 0.0))
            over = settlement._sum_credits("amount_open") - matched
            due = settlement.amount_open - matched
            settlement.amount_kept = matched
            settlement.amount_due = settlement._due_or_over(due, over)

    @api.depends("amount_due")
    def _compute_amount_rest(self):
        for settlement in self:
            settlement.amount_rest = max(-settlement.amount_due, 0.0)

    def _due_or_over(self, due, over):
        """What is due as long as something is, else what is over, below zero."""
        self.ensure_one()
        currency = self.currency_id or self.company_id.currency_id
        due, over = currency.round(due), currency.round(over)
        return due if due > 0 else due - over

    def _sum_credits(self, name):
        """Sum of an amount of the kept money, in the settlement's currency."""
        self.ensure_one()
        return sum(
            credit._in_currency_of_settlement(credit[name])
            for credit in self.credit_ids
        )

    # ------------------------------------------------------------------
    # What may come in from outside
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """A settlement for a reversal; all else is computed from it.

        :raise ValidationError: no reversal, or a value that can't be
        :raise AccessError: the reversal may not be read
        """
        reversals = self.env["order.reversal"]
        prepared = []
        check_type(self.env, vals_list, (list, tuple), "values")
        for vals in vals_list:
            check_type(self.env, vals, dict, "values")
            vals = dict(vals)
            if not vals.get("reversal_id"):
                raise ValidationError(
                    self.env._(
                        "A settlement belongs to the reversal whose documents it "
                        "settles again. Open it from there by “Settle It Again”."
                    )
                )
            self._check_values(vals)
            reversal = reversals.browse(vals["reversal_id"])
            reversal.check_access("read")
            vals = self._drop_guarded(vals)
            vals.pop("credit_ids", None)
            vals["name"] = (
                self.env["ir.sequence"]
                .with_company(reversal.company_id)
                .next_by_code(self._get_sequence_code(reversal))
                or "/"
            )
            prepared.append(vals)
        settlements = super().create(prepared)
        settlements._assess()
        return settlements

    @api.model
    def _get_sequence_code(self, reversal):
        """Of the sequence that numbers what settles a reversal; override point."""
        return "order.settlement"

    @api.model
    def _check_values(self, vals):
        """Override to name what is needed, and a journal that can't be taken.

        :raise ValidationError: a required field without a value, a wrong journal
        """
        result = super()._check_values(vals)
        for name in ("date", "rest_method"):
            if name in vals and not vals[name]:
                raise ValidationError(
                    self.env._(
                        "“%s” is needed to settle again. Give it a value.",
                        self._fields[name]._description_string(self.env),
                    )
                )
        journal = self.env["account.journal"].browse(vals.get("journal_id"))
        # sudo: the type alone; the journal is checked for the company, too.
        if journal and journal.sudo().type != "sale":
            raise ValidationError(
                self.env._(
                    "%s is not a sales journal. Choose a sales journal for the new "
                    "invoice.",
                    journal.sudo().display_name,
                )
            )
        return result

    def copy_data(self, default=None):
        raise ValidationError(
            self.env._(
                "A settlement can't be duplicated: it belongs to what one reversal "
                "left. Open a new one from the reversal."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if done := self.filtered(lambda settlement: settlement.state != "draft"):
            raise ValidationError(
                self.env._(
                    "%s is part of the records and can't be deleted. Take its invoice "
                    "back by a reversal instead.",
                    ", ".join(done.mapped("name")),
                )
            )
        self._check_own_draft()

    # ------------------------------------------------------------------
    # State and rights
    # ------------------------------------------------------------------

    def _set_state(self, target, **vals):
        """The only writer of `state`.

        :raise ValidationError: the state can't be reached from the present one
        """
        self._check_state(STATE_FLOW[target])
        self._engine_env(self).write({"state": target, **vals})

    def _check_draft(self):
        self._check_state({"draft"})

    def _check_state(self, states):
        if wrong := self.filtered(lambda record: record.state not in states):
            raise ValidationError(
                self.env._(
                    "%s was settled already, nothing is done twice. Open its invoices "
                    "to see what was done.",
                    ", ".join(wrong.mapped("name")),
                )
            )

    @api.autovacuum
    def _gc_abandoned_drafts(self):
        """Delete drafts that nobody confirmed for a month."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=30)
        domain = Domain("state", "=", "draft") & Domain("write_date", "<", limit)
        # sudo: run by the scheduler, over everybody's drafts.
        self.sudo().search(domain).unlink()

    # ------------------------------------------------------------------
    # Where a person goes from here
    # ------------------------------------------------------------------

    def _open_dialog(self):
        """This draft as a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settle %s again", self._get_root_name()),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [
                (
                    self.env.ref("erp_order_reversal.order_settlement_view_dialog").id,
                    "form",
                )
            ],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _get_root_name(self):
        self.ensure_one()
        names = self.order_ids.mapped("name")
        return ", ".join(names) or self.reversal_id.root_name

    def action_view_documents(self):
        """Open what was made: the invoices, or the orders if there are none."""
        check_one(self)
        self.check_access("read")
        return (self.move_ids or self.order_ids)._get_records_action()

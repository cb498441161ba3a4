from odoo import api, fields, models
from odoo.tools import formatLang

from ...checks import check_type
from ...engine import Choices
from .request import ROOT_SCOPE


class OrderReversal(models.Model):
    """What the dialog asks for while a person chooses, and when he or she confirms."""

    _inherit = "order.reversal"

    act = fields.Char(
        compute="_compute_act", help="What confirming does, in a few words."
    )
    scope_obstacles = fields.Json(
        compute="_compute_scope_obstacles",
        help="Why a scope can't be chosen here; an empty text hides it.",
    )

    @api.depends("step_ids.operation", "amount_credit", "amount_refund", "scope")
    @api.depends("restores_id", "root_name")
    @api.depends_context("lang")
    def _compute_act(self):
        for reversal in self:
            act = self.env._(", ").join(filter(None, reversal._get_act_parts()))
            reversal.act = act[:1].upper() + act[1:] or self.env._("Confirm")

    def _get_act_parts(self):
        """What is done to how many documents, each part to go on in a sentence.

        :return: list of str; override point
        """
        self.ensure_one()
        count = {
            operation: len(steps)
            for operation, steps in self.step_ids.grouped("operation").items()
        }

        def amount(value):
            return formatLang(self.env, value, currency_obj=self.currency_id)

        def some(operation, one, many):
            number = count.get(operation, 0)
            return number and (one if number == 1 else many % number)

        if self.restores_id:
            return [self.env._("restore %s", self.root_name)]
        opened = set(count) == {"unlock"}
        kept = self.amount_credit and not self.currency_id.is_zero(self.amount_credit)
        return [
            opened and self.env._("unlock the order"),
            some(
                "cancel", self.env._("cancel the order"), self.env._("cancel %s orders")
            )
            if self.scope == "cancel"
            else count.get("draft") and self.env._("back to quotation"),
            some(
                "void", self.env._("void the invoice"), self.env._("void %s invoices")
            ),
            some(
                "credit",
                self.env._("credit the invoice"),
                self.env._("credit %s invoices"),
            ),
            some(
                "void_payment",
                self.env._("void the payment"),
                self.env._("void %s payments"),
            ),
            count.get("refund") and self.env._("refund %s", amount(self.amount_refund)),
            kept
            and not count.get("void_payment")
            and self.env._("keep %s as credit", amount(self.amount_credit)),
        ]

    @api.depends("order_id", "move_id", "payment_id")
    def _compute_scope_obstacles(self):
        for reversal in self:
            root = reversal._get_root()
            # sudo: whether there are invoices and payments; the root may be read.
            reversal.scope_obstacles = (
                root._origin.sudo()._reversal_scope_obstacles() if root else {}
            )

    @api.onchange("reason_id")
    def _onchange_reason_id(self):
        """Override: a restore takes back what was done, whatever its reason."""
        return None if self.restores_id else super()._onchange_reason_id()

    def _get_usual(self):
        """Override: a root is taken back as far as it reaches itself."""
        usual = super()._get_usual()
        for name in self._root_fields:
            if self[name] and "scope" in usual:
                usual["scope"] = self.env.context.get("default_scope", ROOT_SCOPE[name])
        return usual

    def _get_impossible(self, name):
        """Override: scopes that this root has no documents for."""
        return (self.scope_obstacles or {}) if name == "scope" else ()

    @api.model
    def submit_request(self, values):
        """Ask for what the dialog holds, in one go: refused, it leaves no draft.

        :param dict values: as for `create`
        :raise UserError: as `action_submit`
        :return: an action that shows the reversal
        """
        check_type(self.env, values, dict, "values")
        return self.create(values).action_submit()

    @api.model
    def preview_request(self, values):
        """`rehearse` for what the dialog holds, which is not saved yet.

        :param dict values: as for `create`; a reason may be missing
        :return: {"effects", "positions", "entries", "findings": as `rehearse`,
            "impact_html", "entries_html": to be shown as they are}
        :raise AccessError: without the right to ask for a reversal
        """
        self.check_access("create")
        check_type(self.env, values, dict, "values")
        with self._keeping_nothing():
            reversal = self._create_for_trial(dict(values))
            tried = reversal._rehearse(way_back=False)
            published = reversal._publish_tried(tried)
        return published

    @api.model
    def preview_way_back(self, values):
        """Whether what the dialog holds could be restored, once it is carried out.

        The dialog asks for it after `preview_request`, so that nobody waits for it.

        :param dict values: as for `create`; a reason may be missing
        :return: list of findings, as of `rehearse`; empty if it could be
        :raise AccessError: without the right to ask for a reversal
        """
        self.check_access("create")
        check_type(self.env, values, dict, "values")
        with self._keeping_nothing():
            tried = self._create_for_trial(dict(values))._rehearse()
        return [found for found in tried["findings"] if found["code"] == "one_way"]

    def _publish_tried(self, tried):
        """What a dialog or a form shows of a rehearsal.

        :param dict tried: see `_rehearse`
        :return: dict, see `preview_request`
        """
        self.ensure_one()
        entries = self._publish_entries(tried["entries"])
        impact = {name: tried[name] for name in ("rows", "positions")}
        return {
            "entries": entries,
            "effects": self._publish_effects(tried["effects"]),
            "positions": tried["positions"],
            "findings": tried["findings"],
            "impact_html": self._render_impact({**(self.impact or {}), **impact}),
            "entries_html": self._render_entries(entries, self.company_id),
        }

    def _create_for_trial(self, values):
        """A reversal that is rolled back, of what a client sent.

        :param dict values: as for `create`
        :return: `order.reversal`, assessed
        """
        if not values.get("reason_id"):
            values["reason_id"] = self.reason_id._create_placeholder().id
        overrides = self._pop_overrides(values)
        values = self._sanitize_request(values) | {"seen_fingerprint": False}
        reversal = self.browse(self._engine_env(self).create(values).id)
        reversal = reversal.with_context(order_reversal_choices=Choices(overrides))
        reversal._assess()
        return reversal

import json

from odoo import api, fields, models


class OrderReversalRequestMixin(models.AbstractModel):
    """What a dialog proposes while a person chooses, for one document or many."""

    _inherit = "order.reversal.request.mixin"

    # What the reason set, as JSON: it is taken back when another one is chosen.
    proposal = fields.Char(store=False, request=True)
    scope_obstacles = fields.Json(
        compute="_compute_scope_obstacles",
        help="Why a scope can't be chosen here; an empty text hides it.",
    )

    def _compute_scope_obstacles(self):
        for request in self:
            request.scope_obstacles = request._get_scope_obstacles()

    def _get_scope_obstacles(self):
        """The scopes that make no sense here, see `_reversal_scope_obstacles`."""
        return {}

    def _get_usual_choices(self):
        """What is proposed without any reason: {name of a field: value}."""
        return self.default_get(list(self._reason_defaults))

    @api.onchange("reason_id")
    def _onchange_reason_id(self):
        """Take over what the reason proposes, and give back what another one did.

        What a person chose differs from what was proposed: it stays.
        """
        usual = self._get_usual_choices()
        proposed = {**usual, **json.loads(self.proposal or "{}")}
        taken = {}
        for name in self._reason_defaults:
            if self[name] == proposed.get(name):
                value = self.reason_id[name] or usual.get(name)
                if name == "scope" and value in (self.scope_obstacles or {}):
                    value = usual["scope"]
                self[name] = value
                if value != usual.get(name):
                    taken[name] = value
        self.proposal = json.dumps(taken)

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...checks import check_type
from ...engine import Choices

# How far back a root is taken unless the person says otherwise: itself.
ROOT_SCOPE = {"order_id": "cancel", "move_id": "invoice", "payment_id": "payment"}


class OrderReversal(models.Model):
    """What may come in from outside, by the dialog or by RPC."""

    _inherit = "order.reversal"

    @api.model
    def default_get(self, fields):
        """A payment or an invoice is taken back as far as it reaches itself."""
        values = super().default_get(fields)
        if restores_id := values.get("restores_id"):
            values |= self._get_restore_values(restores_id)
            values["reason_id"] = self.browse(restores_id)._get_restore_reason().id
            return values
        if "scope" in fields and "default_scope" not in self.env.context:
            for name in self._root_fields:
                if values.get(name):
                    values["scope"] = ROOT_SCOPE[name]
        return values

    @api.model_create_multi
    def create(self, vals_list):
        """Only the request comes from outside; the rest is computed.

        :raise ValidationError: not exactly one root, unknown or archived reason
        :raise AccessError: the root may not be read
        """
        overrides = []
        prepared = []
        check_type(self.env, vals_list, (list, tuple), "values")
        for vals in vals_list:
            check_type(self.env, vals, dict, "values")
            vals = dict(vals)
            overrides.append(self._pop_overrides(vals))
            if not self._is_engine():
                vals = self._sanitize_request(vals)
            prepared.append(vals)
        # What is asked for is in the audit log: no note that says “created”. Whoever
        # asks follows the reversal only if somebody else has to decide.
        reversals = super(
            OrderReversal,
            self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True),
        ).create(prepared)
        reversals = reversals.with_env(self.env)
        for reversal, override in zip(reversals, overrides, strict=True):
            reversal._get_root().check_access("read")
            if override:
                reversal.with_context(order_reversal_choices=override)._assess()
                reversal._check_overrides(override)
        reversals._check_reason()
        return reversals

    def _draw_names(self):
        """Number what is submitted: a draft that is given up has no number."""
        unnamed = self.filtered(lambda reversal: reversal.name == "/")
        for company, reversals in unnamed.grouped("company_id").items():
            numbers = reversals.with_company(company)._get_next_names(len(reversals))
            for reversal, number in zip(reversals, numbers, strict=True):
                self._engine_env(reversal).name = number

    def _predict_name(self):
        """The number that it would get now; none is used up."""
        self.ensure_one()
        return self.with_company(self.company_id)._predict_names(1)[0]

    @api.model
    def _predict_names(self, count):
        """The numbers that so many would get now; none is used up."""
        sequence = source = self._get_sequence()
        if sequence.use_date_range:
            today = fields.Date.context_today(self)
            source = sequence.date_range_ids.filtered(
                lambda part: part.date_from <= today <= part.date_to
            )[:1]
        if not source:
            return ["/"] * count
        first, step = source.number_next_actual, sequence.number_increment
        return [sequence.get_next_char(first + step * n) for n in range(count)]

    @api.depends("name", "root_name")
    def _compute_display_name(self):
        for reversal in self:
            reversal.display_name = reversal.name
            if reversal.name == "/" and reversal.root_name:
                reversal.display_name = self.env._("Draft of %s", reversal.root_name)

    @api.model
    def _sanitize_request(self, vals):
        """Keep what a person may ask for, refuse what can't be a request."""
        if vals.get("restores_id"):
            self._check_values(vals)
            vals |= self._get_restore_values(vals["restores_id"])
        roots = [name for name in self._root_fields if vals.get(name)]
        if len(roots) != 1:
            raise ValidationError(
                self.env._(
                    "A reversal takes back exactly one document: an order, an "
                    "invoice or a payment. Open it from that document."
                )
            )
        self._check_values(vals)
        root = self.env[self._fields[roots[0]].comodel_name].browse(vals[roots[0]])
        root.check_access("read")
        self._set_defaults_of_reason(vals)
        if not vals.get("scope"):
            vals["scope"] = ROOT_SCOPE[roots[0]]
        if not vals.get("reason_id"):
            raise ValidationError(
                self.env._("Give a reason for taking back %s.", root.display_name)
            )
        return self._drop_guarded(vals)

    def _check_reason(self):
        for reversal in self:
            reason = reversal.reason_id
            if reason and not reason.active:
                raise ValidationError(
                    self.env._(
                        "The reason “%s” is archived. Choose another one.", reason.name
                    )
                )

    @api.model
    def _pop_overrides(self, vals):
        """Take the per-document methods out of the steps that a client sends."""
        step_model = self.env["order.reversal.step"]
        overrides = Choices()
        commands = vals.pop("step_ids", None) or []
        for command in commands:
            values = command[2] if len(command) > 2 else None
            if command[0] in (0, 1) and isinstance(values, dict):
                chosen = {
                    name: values[name]
                    for name in step_model._override_fields
                    if values.get(name)
                }
                for name, value in chosen.items():
                    self._check_choice(step_model._fields[name], value)
                if chosen and values.get("res_model"):
                    key = (values["res_model"], values.get("res_id"))
                    overrides.setdefault(key, {}).update(chosen)
        return overrides

    def _check_overrides(self, overrides):
        """:raise ValidationError: a method for a document that the plan leaves alone"""
        self.ensure_one()
        planned = {(step.res_model, step.res_id) for step in self.step_ids}
        if strange := sorted(f"{key[0]},{key[1]}" for key in set(overrides) - planned):
            raise ValidationError(
                self.env._(
                    "The reversal of %(document)s does not touch %(others)s, so that "
                    "no method can be chosen for it. Leave it out, or take it back by "
                    "a reversal of its own.",
                    document=self.root_name,
                    others=", ".join(strange),
                )
            )

    def _get_overrides(self):
        """The methods chosen per document: {(model, id): {field: value}}."""
        self.ensure_one()
        chosen = self.env.context.get("order_reversal_choices")
        # Methods that this addon passes on, not what a client sends.
        chosen = Choices(chosen if isinstance(chosen, Choices) else {})
        for step in self.step_ids:
            values = {name: step[name] for name in step._override_fields if step[name]}
            if values:
                key = (step.res_model, step.res_id)
                chosen[key] = {**chosen.get(key, {}), **values}
        return chosen

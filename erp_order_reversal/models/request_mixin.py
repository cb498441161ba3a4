from odoo import api, fields, models
from odoo.exceptions import MissingError, ValidationError


def marked_fields(model, word):
    """Names of the fields of `model` that were declared with `word=True`.

    :param str word: see `_valid_field_parameter` of the model
    :return: set of str
    """
    return {name for name, field in model._fields.items() if getattr(field, word, 0)}


class OrderReversalRequestMixin(models.AbstractModel):
    """What may come in from outside, and what follows from the work alone."""

    _name = "order.reversal.request.mixin"
    _description = "Reversal Request"

    _given_fields = ()

    def _valid_field_parameter(self, field, name):
        return name == "request" or super()._valid_field_parameter(field, name)

    @property
    def _request_fields(self):
        """What a person may give, while it is a draft; the rest is the addon's.

        :return: names of the fields that say so (`request=True`)
        """
        return marked_fields(self, "request")

    @property
    def _reason_defaults(self):
        """What a reason proposes: its fields that say so (`proposal=True`)."""
        return marked_fields(self.env["order.reversal.reason"], "proposal")

    @api.model
    def _guarded_fields(self):
        """All fields but those that messages and activities need."""
        free = set(self.env["mail.thread"]._fields)
        free |= set(self.env["mail.activity.mixin"]._fields)
        return set(self._fields) - free

    @api.model
    def default_get(self, fields):
        """Override to close what is the addon's to the context and to `ir.default`.

        Both are in a client's hands: a state, or who asked, could be given by them.
        """
        values = super().default_get(fields)
        closed = self._guarded_fields() - set(self._request_fields)
        own = {}
        for name in closed.difference(self._given_fields).intersection(fields):
            values.pop(name, None)
            if self._fields[name].default:
                own[name] = self._fields[name].default(self)
        return {**values, **self._convert_to_write(own)}

    @api.model
    def _drop_guarded(self, vals):
        """A request without what follows from the work, as clients send it back.

        :raise ValidationError: another value than the default was given
        :return: dict
        """
        guarded = self._guarded_fields() - set(self._request_fields)
        forged = set(vals) & guarded.difference(self._given_fields)
        known = self.default_get(sorted(forged))
        for name in forged:
            if vals[name] and vals[name] != known.get(name):
                raise ValidationError(
                    self.env._(
                        "“%s” can't be given: it follows from what is done with the "
                        "request. Leave it out.",
                        self._fields[name]._description_string(self.env),
                    )
                )
        return {name: value for name, value in vals.items() if name not in forged}

    @api.model
    def _check_values(self, vals):
        """Say which value is no such thing, before the database does.

        :raise ValidationError: a value that a field of the request can't hold
        """
        for name in set(self._request_fields).union(self._given_fields) & set(vals):
            field, value = self._fields[name], vals[name]
            if not value:
                continue
            if field.type == "selection":
                self._check_choice(field, value)
            elif field.type == "many2one":
                self._check_id(field, value)
            elif field.type == "date":
                self._check_date(field, value)

    def _check_choice(self, field, value):
        known = field.get_values(self.env)
        if value not in known:
            raise ValidationError(
                self.env._(
                    "“%(value)s” is no value of “%(field)s”. Choose one of: %(known)s.",
                    value=value,
                    field=field._description_string(self.env),
                    known=", ".join(known),
                )
            )

    def _check_id(self, field, value):
        known = isinstance(value, int) and not isinstance(value, bool)
        try:
            # sudo: only whether it exists; access to it is checked where it is used.
            known and self.env[field.comodel_name].browse(value).sudo().company_id.id
        except MissingError:
            known = False
        if not known:
            raise ValidationError(
                self.env._(
                    "“%(field)s” doesn't exist, or not any more (%(value)s). Refresh "
                    "the list and choose again.",
                    field=field._description_string(self.env),
                    value=value,
                )
            )

    def _check_date(self, field, value):
        try:
            fields.Date.to_date(value)
        except (ValueError, TypeError):
            raise ValidationError(
                self.env._(
                    "“%(value)s” is no day for “%(field)s”. Give it as year, month and "
                    "day: 2026-01-31.",
                    value=value,
                    field=field._description_string(self.env),
                )
            ) from None

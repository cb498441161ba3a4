from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.tools import clean_context

from ..checks import check_records, check_type
from ..engine import ENGINE


def marked_fields(model, word):
    """Names of the fields of `model` that were declared with `word=True`.

    :param str word: see `_valid_field_parameter` of the model
    :return: set of str
    """
    return {name for name, field in model._fields.items() if getattr(field, word, 0)}


class OrderReversalGuardedMixin(models.AbstractModel):
    """What may come in from outside, and what follows from the work alone."""

    _name = "order.reversal.guarded.mixin"
    _description = "Guarded Record of a Reversal"

    # What it is about; given once, when it is made.
    _given_fields = ()

    requester_id = fields.Many2one(
        "res.users", readonly=True, copy=False, default=lambda self: self.env.uid
    )

    def _valid_field_parameter(self, field, name):
        return name == "request" or super()._valid_field_parameter(field, name)

    @property
    def _request_fields(self):
        """What a person may give, while it is a draft; the rest is the addon's.

        :return: names of the fields that say so (`request=True`)
        """
        return marked_fields(self, "request")

    @api.model
    def _is_engine(self):
        """Whether the addon itself writes: an object that no client can send."""
        return self.env.context.get("order_reversal_engine") is ENGINE

    @api.model
    def _engine_env(self, records):
        """`records` as the addon itself writes them.

        sudo(): for the addon's own tables alone, which nobody else may write.
        """
        context = clean_context(self.env.context)
        return records.sudo().with_context(context, order_reversal_engine=ENGINE)

    def check_access(self, operation):
        """Override to refuse what is no record, which the host takes for a new one."""
        if not self.env.su:
            check_records(self)
        return super().check_access(operation)

    def write(self, vals):
        """Override: a draft is written by its owner, nothing else from outside.

        :raise ValidationError: a field follows from the work, a value can't be
        :raise UserError: it is no draft any more
        :raise AccessError: somebody else's draft
        """
        check_type(self.env, vals, dict, "values")
        self._check_known(vals)
        if self._is_engine() or not set(vals) & self._guarded_fields():
            return super().write(vals)
        if denied := set(vals) & self._guarded_fields() - self._request_fields:
            raise ValidationError(
                self.env._(
                    "%(fields)s of %(names)s can't be written: they follow from what "
                    "is done with it. Use its buttons instead.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(denied)
                    ),
                    names=", ".join(self.mapped("display_name")),
                )
            )
        check_records(self)
        self._check_own_draft()
        self._check_draft()
        self._check_values(vals)
        return super().write(vals)

    def _check_draft(self):
        """What was submitted stays as it was asked for.

        :raise UserError: one is no draft any more
        """
        raise NotImplementedError

    def _check_own_draft(self):
        """Nobody writes, starts or deletes what somebody else is about to ask for.

        :raise AccessError: by anybody but whoever opened it, managers included
        """
        # Not as sudo: so works the addon itself, which drops abandoned drafts.
        foreign = self.filtered(lambda request: request.requester_id != self.env.user)
        if foreign and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(names)s is a draft of %(owners)s. Only they can change, submit "
                    "or delete it: open one of your own from the document.",
                    names=", ".join(foreign.mapped("display_name")),
                    # sudo: the names of users, which not everybody may read.
                    owners=", ".join(foreign.sudo().requester_id.mapped("name")),
                )
            )

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
    def _check_known(self, vals):
        """:raise ValidationError: a key that is no field"""
        if unknown := [str(name) for name in vals if name not in self._fields]:
            raise ValidationError(
                self.env._(
                    "“%(model)s” has no field %(names)s. Leave it out.",
                    model=self._description,
                    names=", ".join(f"“{name}”" for name in sorted(unknown)),
                )
            )

    @api.model
    def _check_values(self, vals):
        """Say which value is no such thing, before the database does.

        :raise ValidationError: a value that a field of the request can't hold
        """
        self._check_known(vals)
        for name in set(self._request_fields).union(self._given_fields) & set(vals):
            field, value = self._fields[name], vals[name]
            if not value:
                continue
            if field.type in ("char", "text"):
                check_type(self.env, value, str, name)
            elif field.type in ("one2many", "many2many"):
                self._check_commands(name, value)
            elif field.type == "selection":
                self._check_choice(field, value)
            elif field.type == "many2one":
                self._check_id(field, value)
            elif field.type == "date":
                self._check_date(field, value)

    def _check_commands(self, name, value):
        """A list of ids, or of the host's commands (`odoo.fields.Command`)."""
        check_type(self.env, value, (list, tuple), name)
        for item in value:
            check_type(self.env, item, (int, list, tuple), name)
            if not isinstance(item, int):
                check_type(self.env, item[0] if item else None, int, name)
                ids = item[2] if item[0] == 6 and len(item) == 3 else []
                for record_id in ids if isinstance(ids, list | tuple) else [ids]:
                    check_type(self.env, record_id, int, name)

    def _check_choice(self, field, value):
        known = field.get_values(self.env)
        if value not in known:
            raise ValidationError(
                self.env._(
                    "“%(value)s” is not a valid value for “%(field)s”. Choose one of: "
                    "%(known)s.",
                    value=value,
                    field=field._description_string(self.env),
                    known=", ".join(known),
                )
            )

    def _check_id(self, field, value):
        known = isinstance(value, int) and not isinstance(value, bool)
        if not known or not self._is_stored(self.env[field.comodel_name].browse(value)):
            raise ValidationError(
                self.env._(
                    "“%(field)s” doesn't exist, or not any more (%(value)s). Refresh "
                    "the list and choose again.",
                    field=field._description_string(self.env),
                    value=value,
                )
            )

    @api.model
    def _is_stored(self, record):
        """Whether a record exists; access to it is checked where it is used."""
        if "create_uid" not in record._fields:
            return bool(record.sudo().exists())  # sudo: see below
        try:
            # Read as a whole, and by whoever may: it is used right after.
            record.mapped("create_uid")
        except MissingError:
            return False
        except AccessError:
            # sudo: only whether it exists.
            return bool(record.sudo().exists())
        return True

    def _check_date(self, field, value):
        try:
            fields.Date.to_date(value)
        except (ValueError, TypeError):
            raise ValidationError(
                self.env._(
                    "“%(value)s” is not a valid date for “%(field)s”. Enter it as "
                    "year, month and day: 2026-01-31.",
                    value=value,
                    field=field._description_string(self.env),
                )
            ) from None

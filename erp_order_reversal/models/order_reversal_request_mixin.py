from odoo import api, models


class OrderReversalRequestMixin(models.AbstractModel):
    """What may come in from outside, and what follows from the work alone."""

    _name = "order.reversal.request.mixin"
    _description = "Reversal Request"

    # What a person may give; the rest is the addon's.
    _request_fields = frozenset()
    _root_fields = ()

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
        for name in closed.difference(self._root_fields).intersection(fields):
            values.pop(name, None)
            if self._fields[name].default:
                own[name] = self._fields[name].default(self)
        return {**values, **self._convert_to_write(own)}

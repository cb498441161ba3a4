from odoo import api, models
from odoo.tools import ormcache

from ...engine import ENGINE
from .host_way import OWN

# Modules whose methods are known: the host's, and this addon's.
KNOWN = ("odoo.addons.account.", "odoo.orm.", f"odoo.addons.{OWN}.")


# What says which payments an entry is matched with.
PAYMENTS = frozenset({"_compute_reconciled_payment_ids"})


class AccountMove(models.Model):
    """What the host need not ask or compute while operations are carried out."""

    _inherit = "account.move"

    def _compute_reconciled_payment_ids(self):
        """Entries matched with no payment have those alone that are linked to them.

        The host joins payments and matches for each change of an entry. Of a credit
        note that is being made or matched with its invoice, and of an entry whose
        matches were just unlinked, the cache knows that there is no payment. Where
        another addon has a say in it, it's asked as ever.
        """
        if not self._reversal_at_work() or self._reversal_is_extended(
            "account.move", PAYMENTS
        ):
            return super()._compute_reconciled_payment_ids()
        # sudo: the host asks the database for them, too.
        lines = self.sudo().line_ids
        others = (
            lines.matched_debit_ids.debit_move_id
            | lines.matched_credit_ids.credit_move_id
        )
        if others.move_id.payment_ids:
            return super()._compute_reconciled_payment_ids()
        for move in self:
            move.reconciled_payment_ids = move.matched_payment_ids

    def _compute_tax_country_id(self):
        """Computed for the host's own check, it is no change of the entry.

        Rule: `_validate_taxes_country` calls it, so that each value of this field,
        which is not stored, would be written with all that hangs on a write.
        """
        if not self._reversal_at_work():
            return super()._compute_tax_country_id()
        with self.env.protecting([self._fields["tax_country_id"]], self):
            return super()._compute_tax_country_id()

    @api.model
    @ormcache("model", "names", "beside")
    def _reversal_is_extended(self, model, names, beside=""):
        """Whether an addon other than the host's own says what one of these does.

        Mixins and plain classes that the model is made of count, too, and a method
        that somebody put in place of another one. What is installed is asked once for
        each registry.

        :param str model: name of the model
        :param frozenset names: of methods or attributes
        :param str beside: modules that are known as well, by the start of their names
        :return: bool
        """
        known = (*KNOWN, beside) if beside else KNOWN
        for cls in self.env.registry[model].__mro__:
            for name in names & vars(cls).keys():
                value = vars(cls)[name]
                made_by = getattr(value, "fget", value)
                module = getattr(made_by, "__module__", cls.__module__)
                if not (module or "").startswith(known):
                    return True
        return False

    def _reversal_at_work(self):
        """Whether an operation is carried out; the marker can't be sent over RPC."""
        return self.env.context.get("order_reversal_at_work") is ENGINE


class AccountMoveLine(models.Model):
    """What the host need not describe of a journal item meanwhile."""

    _inherit = "account.move.line"

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Of no fields, the description of one instead of all.

        The host takes an empty list for all fields, and at each write of posted items
        asks for those that are tracked, however few of them are written (`write`).
        """
        if allfields == [] and self.env["account.move"]._reversal_at_work():
            allfields = ["id"]
        return super().fields_get(allfields, attributes)

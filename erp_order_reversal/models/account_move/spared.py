from odoo import api, models
from odoo.tools import ormcache

from odoo.addons.account.models.sequence_mixin import SequenceMixin

from ...engine import ENGINE
from .host_way import OWN

# Modules whose methods are known: the host's, and this addon's.
KNOWN = ("odoo.addons.account.", "odoo.orm.", f"odoo.addons.{OWN}.")


# Whose condition on the last number is in the key, see `_reversal_number_key`.
DEBIT_NOTES = "odoo.addons.account_debit_note."


# What the host numbers entries by: whoever overrides it may number by something else.
NUMBERING = frozenset(
    name
    for name in vars(SequenceMixin)
    if (name.startswith("_") and "sequence" in name) or name == "_locked_increment"
)


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

    def _get_next_sequence_format(self):
        """Entries that are numbered alike in one transaction ask for the form once.

        Rule: once the first one has its number, the host counts on by itself
        (`_locked_increment`), and yet searches the journal for the last one for each: a
        batch reads all credit notes of a year once for each of its own. The form is
        kept in the host's own cache of counts, which is emptied at once for both, and
        holds as long as there is a count and the number doesn't outgrow its width.
        """
        if not self._reversal_at_work() or self._reversal_is_extended(
            "account.move", NUMBERING, DEBIT_NOTES
        ):
            return super()._get_next_sequence_format()
        key = self._reversal_number_key()
        cache = self._get_sequence_cache()  # of counts, by form and journal
        if key in cache and self._reversal_counts_on(*cache[key]):
            form, values = cache[key]
            return form, dict(values)
        form, values = super()._get_next_sequence_format()
        if values["seq"]:
            # After the first one of all, its name says what form the next one has.
            cache[key] = form, dict(values)
        return form, values

    def _reversal_counts_on(self, form, values):
        """Whether the host has a count of this form, with room for the next number."""
        count = self._get_sequence_cache().get(
            (form.format(**{**values, "seq": 0}), self.journal_id)
        )
        return count is not None and len(str(count + 1)) <= values["seq_length"]

    def _reversal_number_key(self):
        """What the host asks of an entry to find the last number in front of its own.

        Rule: `_get_last_sequence_domain` of account and account_debit_note.

        :return: hashable
        """
        payment = self.origin_payment_id or self.env.context.get("is_payment")
        return (
            "order_reversal",
            self.journal_id,
            self.date,
            self.move_type,
            bool(payment),
            "debit_origin_id" in self._fields and bool(self.debit_origin_id),
            self.journal_id.is_self_billing and self.partner_id.commercial_partner_id,
            bool(self.env.context.get("no_anti_regex")),
        )

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
                if not getattr(made_by, "__module__", cls.__module__).startswith(known):
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

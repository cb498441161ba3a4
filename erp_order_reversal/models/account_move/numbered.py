from odoo import models

from odoo.addons.account.models.sequence_mixin import SequenceMixin

# Whose condition on the last number is in the key, see `_reversal_number_key`.
DEBIT_NOTES = "odoo.addons.account_debit_note."


# What the host numbers entries by: whoever overrides it may number by something else.
NUMBERING = frozenset(
    name
    for name in vars(SequenceMixin)
    if (name.startswith("_") and "sequence" in name) or name == "_locked_increment"
)


class AccountMove(models.Model):
    """The numbers of many entries that are posted in one transaction."""

    _inherit = "account.move"

    def _get_next_sequence_format(self):
        """Entries that are numbered alike in one transaction ask for the form once.

        Rule: once the first one has its number, the host counts on by itself
        (`_locked_increment`), and yet searches the journal for the last one for each: a
        batch reads all credit notes of a year once for each of its own. The form is
        kept in the host's own cache of counts, which is emptied at once for both, and
        holds as long as there is a count and the number doesn't outgrow its width: no
        operation creates entries that have a name of another form already.
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

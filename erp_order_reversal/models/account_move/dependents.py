from odoo import api, models

# What has to be the host's own for a search to be spared.
SEARCHING = frozenset({"search", "search_fetch", "_search"})


class AccountMove(models.Model):
    """What a change leads to while operations run, known without a search.

    At each change of a match, an entry or a payment the host searches the other ones
    by a field that is computed (`_modified_triggers`). Its search reads that field of
    the ones that changed, and asks the database for the ids that it found there.
    """

    _inherit = "account.move"

    @api.model
    @api.readonly
    def search(self, domain, offset=0, limit=None, order=None):
        """Override: the entries that payments say they are matched with.

        Rule: `_search_reconciled_payment_ids` of the host.
        """
        ids = self._reversal_ids_searched(self, "reconciled_payment_ids", domain, order)
        if ids is None or offset or limit:
            return super().search(domain, offset, limit, order)
        payments = self.env["account.payment"].browse(ids)
        return self.browse(sorted(payments.reconciled_invoice_ids.ids))

    @api.model
    def _reversal_ids_searched(self, records, name, domain, order):
        """The ids by which the host looks for what depends on them, else None.

        :param records: of the model that is searched
        :param str name: the field that leads to the ids
        """
        if not self._reversal_at_work() or not self.env.su or order != "id":
            return None
        match domain:
            case [(field, "in", ids)] if field == name:
                names = SEARCHING | {f"_search_{name}"}
                extended = self._reversal_is_extended(records._name, names)
                return None if extended else ids
        return None


class AccountPayment(models.Model):
    """The same for payments."""

    _inherit = "account.payment"

    @api.model
    @api.readonly
    def search(self, domain, offset=0, limit=None, order=None):
        """Override: the payments that entries say they are matched with.

        Rule: `_search_reconciled_invoice_ids` of the host.
        """
        moves = self.env["account.move"]
        ids = moves._reversal_ids_searched(
            self, "reconciled_invoice_ids", domain, order
        )
        if ids is None or offset or limit:
            return super().search(domain, offset, limit, order)
        return self.browse(sorted(moves.browse(ids).reconciled_payment_ids.ids))

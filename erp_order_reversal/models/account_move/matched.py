from odoo import models

# Who overrides it has a say in what is found.
SEARCH = "_search"


class AccountMove(models.Model):
    """The entries and payments that are matched, found without the database.

    At each change of a match, an entry or a payment the host looks for what depends on
    it by a field that is computed (`_modified_triggers`). Its search reads that field
    of the ones that changed, and asks the database for the ids that it found there.
    While operations run, the ids will do.
    """

    _inherit = "account.move"

    def _search(self, domain, offset=0, limit=None, order=None, **options):
        """Override: the entries that payments say they are matched with.

        Rule: `_search_reconciled_payment_ids` of the host.
        """
        ids = _get_searched_ids(self, "reconciled_payment_ids", domain, order)
        if ids is None or offset or limit:
            return super()._search(domain, offset, limit, order, **options)
        payments = self.env["account.payment"].browse(ids)
        return self.browse(sorted(payments.reconciled_invoice_ids.ids))._as_query()


class AccountPayment(models.Model):
    """The same for payments."""

    _inherit = "account.payment"

    def _search(self, domain, offset=0, limit=None, order=None, **options):
        """Override: the payments that entries say they are matched with.

        Rule: `_search_reconciled_invoice_ids` of the host.
        """
        ids = _get_searched_ids(self, "reconciled_invoice_ids", domain, order)
        if ids is None or offset or limit:
            return super()._search(domain, offset, limit, order, **options)
        moves = self.env["account.move"].browse(ids)
        return self.browse(sorted(moves.reconciled_payment_ids.ids))._as_query()


def _get_searched_ids(model, name, domain, order):
    """The ids that the host looks for the dependents of.

    :param model: empty recordset, of what is searched
    :param str name: its field that leads to the ids
    :param domain: what is searched by
    :param str order: of the search
    :return: list of ids, or None if it is another search, or not the host's own
    """
    moves = model.env["account.move"]
    if not moves._reversal_at_work() or not model.env.su or order != "id":
        return None
    if not isinstance(domain, list) or len(domain) != 1:
        return None
    condition = domain[0]
    if not isinstance(condition, tuple) or condition[:2] != (name, "in"):
        return None
    method = f"_search_{name}"
    if model._fields[name].search != method or moves._reversal_is_extended(
        model._name, frozenset({SEARCH, method})
    ):
        return None
    return condition[2]

from contextlib import contextmanager

from odoo import api, models

from ...check import rules
from ...const import PAYMENT_IN_FORCE

# Where the cursor keeps what is shared within one reading.
SHARED = "erp_order_reversal_check.shared"


class Books:
    """The documents of one check, as `facts`; found by their ids."""

    def __init__(self):
        self.orders = {}
        self.order_lines = {}
        self.invoices = {}
        self.invoice_lines = {}
        self.payments = {}
        # ids of the invoices that are checked, not only compared with
        self.targets = set()


class SettlementCheck(models.AbstractModel):
    """Compares orders, invoices and payments of a selection, in one go.

    All is read by a fixed number of queries into plain values (`Books`); the rules
    compare those. Whatever is read, whoever asks: what a person may see of it is
    asked before, on the documents (`settlement.check.mixin`).
    """

    _name = "settlement.check"
    _description = "Settlement Check"

    @api.model
    def _check(self, records, rules_by_company=None, recording=False):
        """What differs, for each of the records.

        :param records: orders, invoices or payments
        :param dict rules_by_company: {company id: {code: (severity, tolerance)}};
            the rules that are on by default
        :param bool recording: the payments are being recorded: they are compared as
            drafts, whatever state they were given
        :return: {id: list of `Difference`}, a key for each record
        """
        shared = self.env.cr.cache.get(SHARED)
        if shared is None or rules_by_company is not None or recording:
            return self._find(records, rules_by_company, recording)
        key = records._name, frozenset(records.ids)
        if key not in shared:
            shared[key] = self._find(records, None, False)
        return shared[key]

    @api.model
    @contextmanager
    def _sharing(self):
        """Within one reading of a form, what is found is found once.

        Only there: nothing is written meanwhile, and nothing is kept afterwards.
        """
        cache = self.env.cr.cache
        if SHARED in cache:
            yield
            return
        cache[SHARED] = {}
        try:
            yield
        finally:
            cache.pop(SHARED, None)

    @api.model
    def _find(self, records, rules_by_company, recording):
        """See `_check`."""
        result = {record_id: [] for record_id in records.ids}
        if rules_by_company is None:
            rules_by_company = self.env["settlement.check.rule"]._get_active()
        if not result or not any(rules_by_company.values()):
            return result
        paying = records._name == "account.payment"
        recording = records.ids if recording and paying else []
        books = self._read_books(records, rules_by_company, recording)
        found = self._apply(books, rules_by_company)
        for record_id in result:
            for document in self._related(books, records._name, record_id):
                result[record_id] += found.get(document.key, [])
        self.env["settlement.check.acceptance"]._mark(
            [item for items in found.values() for item in items]
        )
        return result

    @api.model
    def _get_differing(self, records):
        """What a person has to look at: lines and documents that differ.

        :param records: orders, invoices or payments
        :return: set of (model, id); without what was accepted
        """
        checked = records.filtered_domain(records._settlement_check_domain())
        return {
            key
            for items in self._check(checked).values()
            for item in items
            if not item.accepted
            for key in (item.record, item.other)
        }

    @api.model
    def _read_books(self, records, rules_by_company, recording):
        self._flush_tables()
        books = Books()
        orders = records.ids if records._name == "sale.order" else []
        moves = records.ids if records._name == "account.move" else []
        payments = records.ids if records._name == "account.payment" else []
        if orders or moves:
            self._read_documents(books, orders, moves)
        codes = {code for active in rules_by_company.values() for code in active}
        if any(rules.BY_CODE[code].subject == "payment" for code in codes):
            self._read_payments(books, payments, rules_by_company, recording)
        if codes & {"invoice_alike", "order_alike"}:
            self._read_alike(books, rules_by_company)
        if codes & {"customer_history", "product_history"}:
            self._read_history(books)
        return books

    @api.model
    def _flush_tables(self):
        """Write what is pending in the tables that are read."""
        for model in (
            "account.fiscal.position",
            "product.product",
            "product.template",
            "res.partner",
            "uom.uom",
            "sale.order",
            "sale.order.line",
            "account.move",
            "account.move.line",
            "account.partial.reconcile",
            "account.payment",
        ):
            self.env[model].flush_model()

    @api.model
    def _apply(self, books, rules_by_company):
        """{key of a document: list of `Difference`}, without empty ones."""
        found = {}
        for subject, documents in (
            ("order", books.orders.values()),
            ("invoice", [books.invoices[move_id] for move_id in books.targets]),
            ("payment", books.payments.values()),
        ):
            for document in documents:
                active = rules_by_company.get(document.company)
                if not active or not self._is_checked(subject, document):
                    continue
                items = list(rules.differences(document, subject, active))
                if subject == "payment" and document.money_has_come:
                    # By an online payment: there is nothing left to stop.
                    for item in items:
                        item.severity = "warning"
                if items:
                    found[document.key] = items
        return found

    @api.model
    def _is_checked(self, subject, document):
        if subject == "invoice":
            return document.is_checked
        if subject == "order":
            return document.state == "sale"
        return document.state in ("draft", *PAYMENT_IN_FORCE)

    @api.model
    def _related(self, books, model, record_id):
        """The documents whose differences are the record's: its own, and below."""
        if model == "account.payment":
            payment = books.payments.get(record_id)
            return [payment] if payment else []
        if model == "account.move":
            invoice = books.invoices.get(record_id)
            if not invoice or not invoice.is_checked:
                return []
            return [invoice, *invoice.payments]
        order = books.orders.get(record_id)
        if not order or order.state != "sale":
            return []
        invoices = [invoice for invoice in order.invoices if invoice.is_checked]
        payments = {
            payment.id: payment for invoice in invoices for payment in invoice.payments
        }
        return [order, *invoices, *payments.values()]

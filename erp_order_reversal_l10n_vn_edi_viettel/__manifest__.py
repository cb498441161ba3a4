{
    "name": "Order Reversal: Vietnam (SInvoice)",
    "summary": "Give a credit note what SInvoice wants of an adjustment",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "l10n_vn_edi_viettel"],
    "auto_install": True,
}

{
    "name": "Order Reversal: Latin American Documents",
    "summary": "Give a credit note the number of the vendor's document",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "l10n_latam_invoice_document"],
    "auto_install": True,
}

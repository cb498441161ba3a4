{
    "name": "Order Reversal: China",
    "summary": "Invoices with a fapiao are credited, never voided",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "l10n_cn"],
    "data": [
        "data/order_reversal_guide.xml",
        "views/order_reversal_views.xml",
    ],
    "auto_install": True,
}

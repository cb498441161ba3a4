{
    "name": "Order Reversal: Taiwan",
    "summary": "Give a credit note what ECPay wants to know of an allowance",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "l10n_tw_edi_ecpay"],
    "auto_install": True,
}

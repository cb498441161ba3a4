{
    "name": "Order Reversal: Veri*Factu",
    "summary": "Give a credit note the reason that Veri*Factu wants",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "l10n_es_edi_verifactu"],
    "auto_install": True,
}

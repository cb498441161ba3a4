{
    "name": "Order Reversal: Event Booths",
    "summary": "Booths of an order that is taken back are free again",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "event_booth_sale"],
    "auto_install": True,
}

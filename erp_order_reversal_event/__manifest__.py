{
    "name": "Order Reversal: Events",
    "summary": "Registrations of an order that is taken back, and those attended",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "event_sale"],
    "auto_install": True,
}

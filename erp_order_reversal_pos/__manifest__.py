{
    "name": "Order Reversal: Point of Sale",
    "summary": "An order of the till is paid back there",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "pos_sale"],
    "auto_install": True,
}

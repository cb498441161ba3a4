{
    "name": "Order Reversal: Repairs",
    "summary": "Repairs of an order that is taken back, and the parts in them",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal_stock", "repair"],
    "auto_install": True,
}

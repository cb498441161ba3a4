{
    "name": "Order Reversal: Purchases",
    "summary": "Purchase orders made for an order are cancelled, or their buyer is told",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "sale_purchase"],
    "auto_install": True,
}

{
    "name": "Order Reversal: Manufacturing",
    "summary": "Manufacturing orders made for an order are cancelled, or told of",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal_stock", "sale_mrp"],
    "auto_install": True,
}

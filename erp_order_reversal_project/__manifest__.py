{
    "name": "Order Reversal: Projects",
    "summary": "Tasks made for an order are named, and cancelled if wanted",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "sale_project"],
    "auto_install": True,
}

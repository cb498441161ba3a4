{
    "name": "Order Reversal: Deliveries",
    "summary": "Take back the deliveries of a sales order along with it",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/sale-workflow",
    "depends": ["erp_order_reversal", "sale_stock"],
    "data": [
        "data/order_reversal_reason.xml",
        "views/order_reversal_templates.xml",
        "views/order_reversal_views.xml",
        "views/order_reversal_reason_views.xml",
        "views/stock_picking_views.xml",
    ],
    "pre_init_hook": "pre_init_hook",
    "auto_install": True,
}

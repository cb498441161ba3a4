{
    "name": "Order Reversal: Loyalty",
    "summary": "Gift cards, coupons and rewards of an order that is taken back",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "sale_loyalty"],
    "auto_install": True,
    "data": ["data/order_reversal_guide.xml"],
}

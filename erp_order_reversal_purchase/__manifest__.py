{
    "name": "Order Reversal: Purchases",
    "summary": "What was bought for an order is cancelled, or its buyer told",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "sale_purchase"],
    "auto_install": True,
    "data": ["data/order_reversal_guide.xml"],
}

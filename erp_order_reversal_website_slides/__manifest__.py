{
    "name": "Order Reversal: Courses",
    "summary": "Courses that an order opened are closed with it",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "website_sale_slides"],
    "auto_install": True,
}

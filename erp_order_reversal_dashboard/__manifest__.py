{
    "name": "Order Reversal: Dashboard",
    "summary": "What is taken back, as a spreadsheet dashboard",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "spreadsheet_dashboard"],
    "data": [
        "data/spreadsheet_dashboard.xml",
    ],
    "auto_install": True,
}

{
    "name": "Order Reversal: Timesheets",
    "summary": "Timesheets can be invoiced again, and come back with a restore",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "sale_timesheet"],
    "auto_install": True,
    "data": ["data/order_reversal_guide.xml"],
}

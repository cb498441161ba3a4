{
    "name": "Order Reversal: Settlement Check",
    "summary": "See what is wrong before it is settled: order against invoice "
    "against payment",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "depends": ["erp_order_reversal"],
    "data": [
        "security/ir.model.access.csv",
        "security/ir_rules.xml",
        "report/settlement_voucher_templates.xml",
        "report/settlement_voucher_reports.xml",
        "wizards/settlement_check_accept_views.xml",
        "views/settlement_check_rule_views.xml",
        "views/settlement_check_acceptance_views.xml",
        "views/sale_order_views.xml",
        "views/account_move_views.xml",
        "views/account_payment_views.xml",
        "views/order_reversal_views.xml",
        "views/order_reversal_report_views.xml",
        "views/menus.xml",
        "data/lesson.xml",
        "data/order_reversal_guide.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "erp_order_reversal_check/static/src/**/*",
        ],
        "web.assets_tests": [
            "erp_order_reversal_check/static/tests/tours/**/*",
        ],
    },
    "post_init_hook": "post_init_hook",
    "auto_install": True,
}

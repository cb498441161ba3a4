{
    "name": "Order Reversal: Job Queue",
    "summary": "Spread a bulk reversal over the workers of the job queue",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers, Odoo Community Association (OCA)",
    "website": "https://github.com/OCA/sale-workflow",
    "depends": ["erp_order_reversal", "queue_job"],
    "data": [
        "data/queue_job.xml",
    ],
    "auto_install": True,
}

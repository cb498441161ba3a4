{
    "name": "Order Reversal: Job Queue",
    "summary": "Spread a bulk reversal over the workers of the job queue",
    "version": "19.0.2.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Order Reversal maintainers",
    "development_status": "Beta",
    "depends": ["erp_order_reversal", "queue_job"],
    "data": [
        "data/queue_job.xml",
    ],
    "auto_install": True,
}

from odoo.tools.sql import column_exists, create_column


def pre_init_hook(env):
    """Leave the method empty on reversals that were made before goods took part."""
    for table in ("order_reversal", "order_reversal_batch"):
        if not column_exists(env.cr, table, "delivery_method"):
            create_column(env.cr, table, "delivery_method", "varchar")

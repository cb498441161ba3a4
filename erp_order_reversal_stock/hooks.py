from odoo.tools.sql import column_exists, create_column


def pre_init_hook(env):
    """Leave the method empty on reversals that were made before goods took part."""
    if not column_exists(env.cr, "order_reversal", "delivery_method"):
        create_column(env.cr, "order_reversal", "delivery_method", "varchar")

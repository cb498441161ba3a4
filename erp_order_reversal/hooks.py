import shutil

# Names that the host gives, in the name of its own addons, to what its mixins brought
# into the models of this one. It would keep them, though nothing is behind them.
FOREIGN_NAMES = """
    DELETE FROM ir_model_data data
     WHERE data.model = 'ir.model.fields.selection' AND data.res_id IN (
               SELECT selection.id FROM ir_model_fields_selection selection
                 JOIN ir_model_fields field ON field.id = selection.field_id
                WHERE field.model = 'order.reversal'
                   OR field.model LIKE 'order.reversal.%%'
                   OR field.model LIKE 'order.settlement%%')
        OR data.model = 'ir.model.inherit' AND data.res_id IN (
               SELECT inherit.id FROM ir_model_inherit inherit
                 JOIN ir_model model ON model.id = inherit.model_id
                WHERE model.model = 'order.reversal'
                   OR model.model LIKE 'order.reversal.%%'
                   OR model.model LIKE 'order.settlement%%')
"""


def uninstall_hook(env):
    """Let the host take the addon away in one go; no document is touched.

    The log refuses to lose rows, and reasons that are in use can't be deleted: its
    triggers and the records go first. The triggers' function belongs to no table.
    """
    env.cr.execute("DROP FUNCTION IF EXISTS order_reversal_log_refuse() CASCADE")
    # What was noted of the log outside of the database would accuse a later one.
    folder = env["order.reversal.log"]._get_anchor_folder()
    shutil.rmtree(folder, ignore_errors=True)
    for table in (
        "order_reversal_head",
        "order_reversal_log",
        "order_settlement",
        "order_reversal",
        "order_reversal_batch",
    ):
        env.cr.execute(f"DELETE FROM {table}")  # pylint: disable=sql-injection
    env.invalidate_all(flush=False)
    env.cr.execute(FOREIGN_NAMES, [])

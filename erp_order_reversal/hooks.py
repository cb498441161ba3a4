def uninstall_hook(env):
    """Drop the function behind the log's trigger; the trigger goes with its table."""
    env.cr.execute("DROP FUNCTION IF EXISTS order_reversal_log_refuse() CASCADE")

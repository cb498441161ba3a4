"""What a database consists of, to be compared before and after."""

from psycopg2 import sql

SCHEMA = {
    "table": """SELECT table_name, table_type FROM information_schema.tables
                 WHERE table_schema = 'public'""",
    "column": """SELECT table_name, column_name, data_type, is_nullable, column_default
                   FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraint": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
                       FROM pg_constraint
                      WHERE connamespace = 'public'::regnamespace""",
    "index": """SELECT tablename, indexname, indexdef FROM pg_indexes
                 WHERE schemaname = 'public'""",
    "trigger": """SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
                    FROM pg_trigger WHERE NOT tgisinternal""",
    "function": """SELECT proname, pg_get_function_identity_arguments(oid)
                     FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
    "sequence": """SELECT sequence_name FROM information_schema.sequences
                    WHERE sequence_schema = 'public'""",
    "type": """SELECT typname FROM pg_type
                WHERE typnamespace = 'public'::regnamespace AND typtype != 'c'
                  AND typcategory != 'A'""",
}
# Where the host notes what an addon brings along, beside all tables named `ir_…`.
REGISTERS = (
    "mail_activity_type",
    "mail_message_subtype",
    "mail_template",
    "onboarding_onboarding",
    "onboarding_onboarding_onboarding_onboarding_step_rel",
    "onboarding_onboarding_step",
    "report_paperformat",
    "res_groups",
    "res_groups_implied_rel",
    "res_groups_privilege",
    "res_groups_report_rel",
    "res_groups_spreadsheet_dashboard_rel",
    "res_groups_users_rel",
    "rule_group_rel",
    "web_tour_tour",
    "spreadsheet_dashboard",
)
# What the host changes by itself, with or without an addon.
RESTLESS = (
    "bus_bus",
    "ir_attachment",
    "ir_cron_progress",
    "ir_cron_trigger",
    "ir_logging",
    "ir_module_module",
    "ir_module_module_dependency",
    "orm_signaling_registry",
    "res_users_log",
)
UNSTABLE = ("write_date", "write_uid", "create_date")


def schema(cr):
    """{(kind, name, …)} of all that the database itself knows."""
    found = set()
    for kind, query in SCHEMA.items():
        cr.execute(query)
        found |= {(kind, *map(str, row)) for row in cr.fetchall()}
    return found


def columns(cr):
    """{table: its columns}."""
    cr.execute(
        "SELECT table_name, array_agg(column_name::text)"
        " FROM information_schema.columns"
        " JOIN information_schema.tables USING (table_schema, table_name)"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        " GROUP BY table_name"
    )
    return dict(cr.fetchall())


def registers(known):
    """The tables that must be as they were before the addon was installed."""
    found = {table for table in known if table.startswith("ir_")} | set(REGISTERS)
    return found & set(known) - set(RESTLESS)


def rows(cr, tables, known):
    """{table: {row as text}}, of the known columns alone.

    :param dict known: {table: columns}
    """
    found = {}
    for table in tables:
        kept = [name for name in known[table] if name not in UNSTABLE]
        cr.execute(
            sql.SQL(
                "SELECT (SELECT jsonb_object_agg(key, value) FROM jsonb_each("
                "to_jsonb(t)) WHERE key = ANY(%s))::text FROM {} t"
            ).format(sql.Identifier(table)),
            [kept],
        )
        found[table] = {row[0] for row in cr.fetchall()}
    return found


def chatter(cr):
    """{message or activity} on the host's own documents."""
    cr.execute(
        """SELECT 'message', model, res_id, body, author_id FROM mail_message
            WHERE model NOT LIKE 'order.reversal%' AND model NOT LIKE 'ir.%'
            UNION ALL
           SELECT 'activity', res_model, res_id, summary, user_id FROM mail_activity
            WHERE res_model NOT LIKE 'order.reversal%'"""
    )
    return set(cr.fetchall())


def differences(before, after):
    """Lines that say which rows are gone and which are new."""
    lines = []
    for table in sorted(before):
        gone, new = before[table] - after[table], after[table] - before[table]
        lines += [f"- {table}: {row[:500]}" for row in sorted(gone)]
        lines += [f"+ {table}: {row[:500]}" for row in sorted(new)]
    return lines

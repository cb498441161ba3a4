"""A restore is a reversal of its own now: requests to restore become such records."""

from odoo import SUPERUSER_ID, api
from odoo.tools.sql import column_exists


def migrate(cr, version):
    """Ask again, in the name of whoever asked, for restores that wait for approval."""
    if not column_exists(cr, "order_reversal", "undo_requester_id"):
        return
    cr.execute(
        """SELECT id, undo_requester_id FROM order_reversal
            WHERE state = 'done' AND undo_requester_id IS NOT NULL ORDER BY id"""
    )
    for reversal_id, user_id in cr.fetchall():
        # Superuser rights: who asked may have lost the right since, and who approves
        # decides on it all the same. The name in the log is that of who asked.
        env = api.Environment(cr, user_id or SUPERUSER_ID, {}, su=True)
        origin = env["order.reversal"].browse(reversal_id)
        origin.activity_unlink(["erp_order_reversal.mail_activity_approve"])
        values = {name: origin[name] for name in (*origin._root_fields, "scope")}
        restore = origin._engine_env(origin).create(
            {
                **origin._convert_to_write(values),
                "restores_id": origin.id,
                "reason_id": origin._get_restore_reason().id,
                "requester_id": user_id,
            }
        )
        restore = env["order.reversal"].browse(restore.id)
        restore._assess()
        restore._request_approval()

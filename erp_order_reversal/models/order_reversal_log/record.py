from odoo import fields, models
from odoo.exceptions import UserError

EVENTS = [
    ("requested", "Requested"),
    ("reworked", "Sent back"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
    ("step", "Step done"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("undone", "Restored"),
    ("settled", "Settled again"),
    ("verified", "Verified"),
    ("printed", "Printed"),
    ("exported", "Exported"),
    ("redacted", "Personal data removed"),
    ("archived", "Files archived"),
    ("removed", "Removed"),
    ("taken_over", "Taken over"),
    ("policy", "Policy changed"),
    ("key", "Signing key made"),
    ("host", "Done outside of a reversal"),
    ("refused", "Refused outside of a reversal"),
]


class OrderReversalLog(models.Model):
    """Append-only, hash-chained events: who did what to which document.

    One chain per company. Rows are inserted last in a transaction, under a lock
    that lasts until its commit, so that the order of ids is the order of the chain.
    """

    _name = "order.reversal.log"
    _inherit = ["order.reversal.append.only.mixin"]
    _description = "Reversal Audit Log"
    _order = "id"
    _rec_name = "event"
    _log_access = False
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    reversal_id = fields.Many2one(
        "order.reversal", readonly=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    user_name = fields.Char(readonly=True)
    create_date = fields.Datetime("Recorded On", readonly=True, required=True)
    event = fields.Selection(EVENTS, required=True, readonly=True)
    res_model = fields.Char("Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        "Document ID", model_field="res_model", readonly=True
    )
    res_name = fields.Char("Document", readonly=True)
    detail = fields.Json(readonly=True, help="Before and after, as JSON.")
    number = fields.Integer(
        readonly=True, aggregator=False, help="Its place in the chain of its company."
    )
    content_hash = fields.Char(
        readonly=True, help="SHA-256 of what the row says, without its place."
    )
    hash = fields.Char(required=True, readonly=True)
    previous_hash = fields.Char(readonly=True)
    _document_idx = models.Index("(res_model, res_id)")
    _hash_unique = models.UniqueIndex(
        "(company_id, hash)", "This event is in the audit log already."
    )

    def init(self):
        """Refuse changes in the database, too, for those who bypass the ORM."""
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION order_reversal_log_refuse() RETURNS trigger
            LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'The reversal audit log is append-only.';
            END $$;
            DROP TRIGGER IF EXISTS order_reversal_log_append_only
                ON order_reversal_log;
            CREATE TRIGGER order_reversal_log_append_only
                BEFORE UPDATE OR DELETE ON order_reversal_log
                FOR EACH ROW EXECUTE FUNCTION order_reversal_log_refuse();
            DROP TRIGGER IF EXISTS order_reversal_log_no_truncate
                ON order_reversal_log;
            CREATE TRIGGER order_reversal_log_no_truncate
                BEFORE TRUNCATE ON order_reversal_log
                FOR EACH STATEMENT EXECUTE FUNCTION order_reversal_log_refuse();
            """
        )

    def _refusal(self):
        return UserError(
            self.env._(
                "The audit log is append-only: its rows can't be written, changed or "
                "deleted by anybody. Open a reversal to put something right."
            )
        )

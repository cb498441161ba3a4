from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

EVENTS = [
    ("requested", "Requested"),
    ("reworked", "Sent back"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
    ("step", "Step done"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("undone", "Undone"),
    ("settled", "Settled again"),
    ("verified", "Verified"),
    ("printed", "Printed"),
    ("exported", "Exported"),
    ("removed", "Removed"),
    ("host", "Done outside of a reversal"),
]


class OrderReversalLog(models.Model):
    """Append-only, hash-chained events: who did what to which document.

    One chain per company. Rows are inserted last in a transaction, under a lock
    that lasts until its commit, so that the order of ids is the order of the chain.
    """

    _name = "order.reversal.log"
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
    detail_text = fields.Char("What", compute="_compute_detail_text")
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

    @api.model_create_multi
    def create(self, vals_list):
        """Only `_record` writes the log."""
        if not self.env["order.reversal"]._is_engine():
            raise self._refusal()
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        """Refused: the log is append-only."""
        raise self._refusal()

    def copy_data(self, default=None):
        """Refused: the log is append-only."""
        raise self._refusal()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise self._refusal()

    def _refusal(self):
        return UserError(
            self.env._(
                "The audit log is append-only: its rows can't be written, changed or "
                "deleted by anybody. Open a reversal to put something right."
            )
        )

    # ------------------------------------------------------------------
    # An event as a person reads it; the exact values stand in `detail`
    # ------------------------------------------------------------------

    @api.depends("detail")
    @api.depends_context("lang")
    def _compute_detail_text(self):
        for row in self:
            row.detail_text = " · ".join(part for part in row._describe() if part)

    def _describe(self):
        """What of the detail says something to a person; override point.

        :return: list of str, some of them empty
        """
        self.ensure_one()
        detail = self.detail or {}
        parts = [
            self.env._("Restore") if detail.get("undo") else "",
            detail.get("outcome"),
            self._describe_change(detail),
            detail.get("result") and f"→ {detail['result']}",
            detail.get("reason"),
            detail.get("note"),
            self._describe_action(detail),
        ]
        amount = detail.get("amount") or detail.get("amount_total")
        if amount:
            parts.insert(2, formatLang(self.env, amount, digits=2))
        if "rows" in detail:
            parts.append(self.env._("%s rows", detail["rows"]))
        if "intact" in detail:
            parts += detail.get("problems") or [self.env._("Books agree")]
        return parts

    def _describe_change(self, detail):
        """“Sales Order → Cancelled”: the document's state before and after."""
        before, after = detail.get("before"), detail.get("after")
        if not before or before == after:
            return ""
        return f"{self._state_label(before)} → {self._state_label(after)}"

    def _state_label(self, state):
        known = self.res_model and self.res_model in self.env
        field = self.env[self.res_model]._fields.get("state") if known else None
        if not field:
            return state or ""
        return dict(field._description_selection(self.env)).get(state, state or "")

    def _describe_action(self, detail):
        """What was done outside of a reversal."""
        action = detail.get("action")
        if not action:
            return ""
        labels = {
            "unlock": self.env._("unlocked"),
            "credit_note": self.env._("credit note"),
            "unreconcile": self.env._("taken off its payment"),
        }
        return labels.get(action) or self._state_label(action)

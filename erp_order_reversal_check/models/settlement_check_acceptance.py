from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import LEVELS


class SettlementCheckAcceptance(models.Model):
    """Differences that somebody accepted: exactly these, on one document.

    Rows are inserted alone, by `settlement.check.mixin.accept_differences`, which also
    writes the audit log.
    """

    _name = "settlement.check.acceptance"
    _inherit = ["order.reversal.append.only.mixin"]
    _description = "Accepted Difference"
    _order = "id desc"
    _rec_name = "res_name"

    res_model = fields.Char("Document Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document ID", model_field="res_model", required=True, readonly=True
    )
    res_name = fields.Char("Document", readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", "Accepted By", required=True, readonly=True, ondelete="restrict"
    )
    reason = fields.Char(required=True, readonly=True)
    level = fields.Selection(
        [("warning", "Warnings"), ("blocker", "Blockers")],
        required=True,
        readonly=True,
        help="What whoever accepted it may let pass.",
    )
    digests = fields.Json(readonly=True, required=True, help="SHA-256 of each.")
    differences = fields.Text(readonly=True, help="As they were shown.")

    _document_idx = models.Index("(res_model, res_id)")

    def _refusal(self):
        return UserError(
            self.env._(
                "Accepted differences are part of the records: they can't be written, "
                "changed or deleted. Open the document, and accept its differences "
                "there with a reason."
            )
        )

    @api.model
    def _mark(self, differences):
        """Mark the ones that are accepted; one query.

        An acceptance holds for exactly what differed, and for no more than whoever
        accepted it may let pass.

        :param differences: list of `Difference`
        """
        by_model = {}
        for item in differences:
            by_model.setdefault(item.owner[0], set()).add(item.owner[1])
        if not by_model:
            return
        # sudo: whether a difference was accepted must not depend on who asks.
        domain = fields.Domain.OR(
            fields.Domain("res_model", "=", model)
            & fields.Domain("res_id", "in", list(ids))
            for model, ids in by_model.items()
        )
        accepted = {}
        for row in self.sudo().search_fetch(
            domain, ["res_model", "res_id", "level", "digests"]
        ):
            owner = row.res_model, row.res_id
            levels = LEVELS[: LEVELS.index(row.level) + 1]
            accepted.setdefault(owner, set()).update(
                (digest, level) for digest in row.digests for level in levels
            )
        for item in differences:
            known = accepted.get(tuple(item.owner))
            item.accepted = bool(known) and (item.digest(), item.severity) in known

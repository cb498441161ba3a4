from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.erp_order_reversal.checks import check_one

from ..const import MODELS
from ..models.settlement_check_fix import FIXES


class SettlementCheckAccept(models.TransientModel):
    """Shows what differs on a selection, to put it right or accept it."""

    _name = "settlement.check.accept"
    _description = "Differences"

    order_ids = fields.Many2many("sale.order")
    move_ids = fields.Many2many("account.move")
    payment_ids = fields.Many2many("account.payment")
    line_ids = fields.One2many(
        "settlement.check.accept.line",
        "accept_id",
        compute="_compute_line_ids",
        store=True,
        precompute=True,
    )
    reason = fields.Char(help="Why it is right all the same; kept in the audit log.")
    may_accept = fields.Boolean(compute="_compute_may_accept")
    blocker_count = fields.Integer(compute="_compute_may_accept")

    @api.depends("order_ids", "move_ids", "payment_ids")
    def _compute_line_ids(self):
        check = self.env["settlement.check"]
        for dialog in self:
            rows = []
            for records in dialog._get_documents():
                items = [i for i in records._get_differences() if not i.accepted]
                items.sort(key=lambda item: item.severity != "blocker")
                for item, row in zip(items, check._describe(items), strict=True):
                    rows.append(dialog._prepare_line(item, row))
            dialog.line_ids = [
                fields.Command.clear(),
                *(fields.Command.create(row) for row in rows),
            ]

    @api.depends("line_ids.severity")
    def _compute_may_accept(self):
        user = self.env.user
        is_user = user.has_group("erp_order_reversal.group_reversal_user")
        is_manager = user.has_group("erp_order_reversal.group_reversal_manager")
        for dialog in self:
            blockers = dialog.line_ids.filtered(lambda line: line.severity == "blocker")
            dialog.blocker_count = len(blockers)
            dialog.may_accept = bool(
                dialog.line_ids and (is_manager or (is_user and not blockers))
            )

    def _get_documents(self):
        """The selected documents, a recordset for each model."""
        self.ensure_one()
        documents = [self[name]._origin for name in MODELS.values() if self[name]]
        for records in documents:
            records.check_access("read")
        return documents

    def _prepare_line(self, item, row):
        # sudo: the name alone, of a document that belongs to a readable one.
        owner = self.env[item.owner[0]].browse(item.owner[1]).sudo()
        click = self.env["settlement.check.fix"]._get_call(item)
        return {
            "severity": item.severity,
            "code": item.code,
            "document": owner.display_name,
            "message": row["message"],
            "remedy": row["remedy"],
            "res_model": item.owner[0],
            "res_id": item.owner[1],
            "fix": item.fix if click else False,
            "fix_label": click.get("action_text"),
            "fix_id": item.record[1],
        }

    def action_accept(self):
        """Accept what is shown, with the reason.

        :raise AccessError: the user may not accept it
        :raise UserError: no reason, or nothing differs any more
        """
        check_one(self)
        documents = self._get_documents()
        if not documents:
            raise UserError(
                self.env._("Select the orders, invoices or payments to accept first.")
            )
        for records in documents:
            records.accept_differences(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class SettlementCheckAcceptLine(models.TransientModel):
    """One difference, as the dialog shows it."""

    _name = "settlement.check.accept.line"
    _description = "Difference"

    accept_id = fields.Many2one("settlement.check.accept", ondelete="cascade")
    severity = fields.Selection(
        [("warning", "Warning"), ("blocker", "Blocker")], readonly=True
    )
    code = fields.Char(readonly=True)
    document = fields.Char(readonly=True)
    message = fields.Char("Difference", readonly=True)
    remedy = fields.Char("What to Do", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True)
    fix = fields.Char(readonly=True)
    fix_label = fields.Char(readonly=True)
    fix_id = fields.Integer(readonly=True)

    def action_open(self):
        """Open the document that differs.

        :return: an action
        """
        check_one(self)
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        return record._get_records_action()

    def action_fix(self):
        """Take over what the order says, and show what still differs.

        :raise UserError: the invoice is posted meanwhile
        :return: an action
        """
        check_one(self)
        fix = FIXES.get(self.fix)
        if not fix:
            raise UserError(
                self.env._("There is no quick fix for this: %s", self.remedy or "")
            )
        dialog = self.accept_id
        documents = dialog._get_documents()
        # As the banner does: by the methods of `FIXES` alone, with the user's rights.
        getattr(self.env[fix.model].browse(self.fix_id).exists(), fix.method)()
        for records in documents:
            if any(not item.accepted for item in records._get_differences()):
                return records.action_accept_differences()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

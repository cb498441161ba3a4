from odoo import models


class OrderReversal(models.Model):
    """Where a person goes from a reversal."""

    _inherit = "order.reversal"

    def action_view_root(self):
        """Open the document that is taken back."""
        self.ensure_one()
        root = self._get_root()
        return root._get_records_action() if root else False

    def action_view_entries(self):
        """The journal entries that this reversal made or cancelled."""
        self.ensure_one()
        moves = self.env["account.move"]
        for step in self.step_ids:
            for model, record_id in (
                (step.res_model, step.res_id),
                (step.result_model, step.result_id),
            ):
                if model == "account.move":
                    moves |= moves.browse(record_id)
                elif model == "account.payment":
                    moves |= self.env[model].browse(record_id).move_id
        return moves.exists()._get_records_action(name=self.env._("Entries"))

    def action_new_quotation(self):
        """A new quotation with the lines of the cancelled order."""
        self.ensure_one()
        return self.order_id.copy()._get_records_action()

    def action_download_snapshot(self):
        """Download the before-image as a JSON file."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/order_reversal/snapshot/{self.id}",
            "target": "download",
        }

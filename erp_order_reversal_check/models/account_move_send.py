from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    """What differs is said before the invoice leaves."""

    _inherit = "account.move.send"

    @api.model
    def _get_alerts(self, moves, moves_data):
        alerts = super()._get_alerts(moves, moves_data)
        found = self.env["settlement.check"]._check(moves)
        if len(moves) == 1:
            alerts.update(moves._to_alerts(found[moves.id]))
            return alerts
        differing = moves.filtered(
            lambda move: any(not item.accepted for item in found[move.id])
        )
        if differing:
            blocked = any(
                item.severity == "blocker" and not item.accepted
                for move in differing
                for item in found[move.id]
            )
            alerts["settlement_check"] = {
                "level": "danger" if blocked else "warning",
                "message": self.env._(
                    "These invoices differ from their orders or payments: %s",
                    ", ".join(differing.mapped("display_name")),
                ),
                "action_text": self.env._("Show them"),
                "action": differing._get_records_action(
                    name=self.env._("Invoices that differ")
                ),
            }
        return alerts

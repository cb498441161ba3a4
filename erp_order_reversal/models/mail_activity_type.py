from odoo import api, models

#: The kinds of activities that reversals give, and the model that they are for.
KINDS = {
    "erp_order_reversal.mail_activity_approve": "order.reversal",
    "erp_order_reversal.mail_activity_recheck": False,
    "erp_order_reversal.mail_activity_broken": "order.reversal",
}


# No docstring, see `mail_thread`.
class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.model
    def _get_model_info_by_xmlid(self):
        """Override: without one, a restore or the daily verification would fail."""
        info = super()._get_model_info_by_xmlid()
        for xml_id, model in KINDS.items():
            info[xml_id] = {"res_model": model, "unlink": False}
        return info

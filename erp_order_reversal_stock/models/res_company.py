from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _reversal_locks_goods(self):
        """Dates of the locks that forbid goods to move today.

        Rule: `stock_account`, `stock.picking._check_backdate_allowed`. A transfer is
        dated the day on which it is made; the date of a reversal is for its entries.

        :return: list of (date, field), empty if goods may move
        """
        self.ensure_one()
        # sudo: a switch of the host, which it reads as sudo too.
        parameters = self.env["ir.config_parameter"].sudo()
        if parameters.get_param("stock_account.skip_lock_date_check"):
            return []
        return self._get_lock_date_violations(
            fields.Date.context_today(self),
            fiscalyear=True,
            sale=False,
            purchase=False,
            tax=False,
            hard=True,
        )

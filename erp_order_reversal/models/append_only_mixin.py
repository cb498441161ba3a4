from odoo import api, models


class OrderReversalAppendOnlyMixin(models.AbstractModel):
    """Evidence: made by the addon alone, and never changed, copied or deleted."""

    _name = "order.reversal.append.only.mixin"
    _description = "Append-Only Evidence"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to refuse everybody but the addon itself.

        :raise UserError: `_refusal`
        """
        if not self.env["order.reversal"]._is_engine():
            raise self._refusal()
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super
        """Refused, whoever it is.

        :raise UserError: `_refusal`
        """
        raise self._refusal()

    def copy_data(self, default=None):
        """Refused, whoever it is.

        :raise UserError: `_refusal`
        """
        raise self._refusal()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise self._refusal()

    def _refusal(self):
        """What a person is told.

        :return: UserError
        """
        raise NotImplementedError

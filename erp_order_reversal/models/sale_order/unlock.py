from odoo import api, models


class SaleOrder(models.Model):
    """An order is opened for edit, and locked again."""

    _inherit = "sale.order"

    def _reversal_plan_unlock(self, plan, amounts):
        """Open the root, and whatever order is changed.

        A part opens an order only to lower it, and leaves it locked as it was: what it
        doesn't ask for stays.

        :param dict amounts: what the order is worth, for the step
        """
        self.ensure_one()
        if not self.locked or not self._reversal_needs_unlock(plan):
            return
        plan.add_step(self, "unlock", self.env._("Unlocked for editing"), **amounts)
        target = (self._name, self.id)
        if plan.part is not None and target not in plan.get_targets("cancel"):
            plan.add_step(
                self,
                "lock_again",
                self.env._("Locked again"),
                why=self.env._("Only a part is taken back."),
            )

    def _reversal_needs_unlock(self, plan):
        """The root is opened; an order of an invoice only if it is cancelled."""
        self.ensure_one()
        if plan.part is not None:
            changed = plan.get_targets("lower") | plan.get_targets("cancel")
            return (self._name, self.id) in changed
        return plan.root == self or plan.reaches("draft")

    @api.private
    def _reversal_apply_unlock(self, steps):
        """Open the orders (`sale.order.action_unlock`)."""
        orders = steps._get_document()
        orders._reversal_insist(orders.action_unlock(), lambda order: not order.locked)
        steps._set_result()

    def _reversal_check_unlock(self, step, books):
        """:return: list of str"""
        order = step._get_document()
        if books.fresh and order.locked and not step._is_locked_again():
            return [self.env._("%s is still locked.", order.name)]
        return []

    def _reversal_obstacles_unlock(self, step, plan):
        """It may have been locked again by hand: that is where a restore ends, too.

        But nothing else of it may have been changed while it was open.
        """
        if not step._is_locked_again():
            self._reversal_block_edited(step, plan)

    @api.private
    def _reversal_apply_lock(self, steps):
        """Lock the orders again (`sale.order.action_lock`)."""
        orders = steps._get_document()
        orders._reversal_insist(orders.action_lock(), lambda order: order.locked)
        steps._set_result()

    def _reversal_check_lock(self, step, books):
        """:return: list of str"""
        order = step._get_document()
        if books.fresh and not order.locked:
            return [self.env._("%s is not locked.", order.name)]
        return []

    # ------------------------------------------------------------------
    # Opened for as long as a part of it is taken back, or comes back
    # ------------------------------------------------------------------

    @api.private
    def _reversal_apply_lock_again(self, steps):
        """Lock the orders that were opened to be lowered."""
        self._reversal_apply_lock(steps)

    def _reversal_check_lock_again(self, step, books):
        """:return: list of str"""
        return self._reversal_check_lock(step, books)

    def _reversal_obstacles_lock_again(self, step, plan):
        """The order is opened once more, whoever locked it last."""

    @api.private
    def _reversal_apply_open_again(self, steps):
        """Open the orders of which a part comes back; `lock` closes them."""
        self._reversal_apply_unlock(steps)

    def _reversal_check_open_again(self, step, books):
        """Locked by the time it is checked: list of str, always empty."""
        return []

from odoo import api, models


class AccountMove(models.Model):
    """An entry itself is cancelled, and keeps its number."""

    _inherit = "account.move"

    def _reversal_void_obstacles(self, plan, share):
        """Why law or host forbid to cancel the entry itself.

        Rules: `account.move.button_draft` and `_check_draftable` (hash, request to
        the authorities), `_check_fiscal_lock_dates`, `show_reset_to_draft_button`; a
        sent invoice stays, as the customer holds it.

        :return: list of sentences
        """
        self.ensure_one()
        obstacles = []
        if self.is_move_sent:
            obstacles.append(self.env._("It was sent to the customer."))
        if self.inalterable_hash:
            obstacles.append(self.env._("It is secured by a hash."))
        if self.need_cancel_request:
            obstacles.append(self.env._("It was sent to the authorities."))
        if self._reversal_is_locked():
            obstacles.append(self.env._("Its period is locked."))
        if self.checked and not self._is_user_able_to_review():
            obstacles.append(self.env._("It was reviewed."))
        if share.fee:
            obstacles.append(
                self.env._(
                    "A fee of %s is charged, which only a credit note can bear.",
                    self.currency_id.format(share.fee.total),
                )
            )
        if plan.part is not None and not share.whole:
            obstacles.append(self.env._("Only a part of it is taken back."))
        if not obstacles and not self.show_reset_to_draft_button:
            # How most localisations say so of a document that they registered.
            obstacles.append(self.env._("It can't be reset to draft any more."))
        if share.credits:
            obstacles.append(
                self.env._(
                    "%s took back a part of it.",
                    ", ".join(share.credits.mapped("name")),
                )
            )
        if share.foreign:
            obstacles.append(
                self.env._("It also invoices %s.", ", ".join(share.foreign))
            )
        return obstacles

    def _reversal_is_locked(self):
        """Whether the period of the entry itself is locked.

        Its taxes, which take four queries, are asked for only if they may matter.
        """
        self.ensure_one()
        violated = self._get_violated_lock_dates
        return bool(
            violated(self.date, True) and violated(self.date, self._affect_tax_report())
        )

    @api.private
    def _reversal_apply_void(self, steps):
        """Cancel entries; their journal items stay what they were, to the cent.

        The host would compute the taxes of each once more on the way through draft.
        """
        moves = steps._get_document()
        with moves._reversal_keep_names():
            exact = moves.with_context(skip_invoice_sync=True)
            moves._reversal_acted(exact.button_cancel(), "cancel")
        steps._set_result()

    @api.private
    def _reversal_keep_names(self):
        """While it lasts, the numbers of these entries are not computed again.

        They would stay the same; but the host (`_inverse_name`) would write on the
        next entry of each sequence, which is somebody else's.
        """
        return self.env.protecting([self._fields["name"]], self)

    def _reversal_check_void(self, step, books):
        """:return: list of str"""
        if step._get_document().state != "cancel":
            return [self.env._("%s is not cancelled.", step.res_name)]
        return []

    def _reversal_obstacles_void(self, step, plan):
        """A posted entry must still be cancelled, and its period open."""
        self.ensure_one()
        if step._before().get("state") != "posted":
            return
        if self.state != "cancel":
            plan.block(
                "in_use_again",
                self.env._("%s is in use again.", self.display_name),
                self,
                remedy=self.env._("Settle the order by hand."),
            )
        if self._get_violated_lock_dates(self.date, self._affect_tax_report()):
            plan.block(
                "period_closed_since",
                self.env._(
                    "The period of %s has been closed since.", self.display_name
                ),
                self,
                remedy=self.env._("Create a new invoice."),
            )
        self._reversal_foresee_again(plan, self)

    @api.private
    def _reversal_apply_post(self, steps):
        """Post cancelled entries again, under their own numbers.

        With the very journal items that they had: computed anew, they might differ by
        a cent. What had been a draft becomes a draft again.
        """
        moves = steps._get_document().with_context(skip_invoice_sync=True)
        moves._reversal_acted(moves.button_draft(), "draft")
        posted = moves.browse(step.res_id for step in steps if step._was_posted())
        if posted:
            posted._reversal_confirm()
        steps._set_result()

    def _reversal_check_post(self, step, books):
        """:return: list of str"""
        state = "posted" if step._was_posted() else "draft"
        if books.fresh and step._get_document().state != state:
            return [self.env._("%s is not what it was.", step.res_name)]
        return []

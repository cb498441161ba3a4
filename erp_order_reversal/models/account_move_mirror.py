from odoo import models

from .order_reversal import ENGINE

# Addons whose override of `_reverse_moves` is reproduced here; any other one runs.
KNOWN_OVERRIDES = {"account", "sale", "erp_order_reversal"}
# Lines that the host keeps in step with the others (`_get_sync_stack`).
DERIVED_LINES = ("tax", "payment_term", "epd", "discount", "rounding")


class AccountMove(models.Model):
    """Credit notes of whole invoices, many at once, as the host makes one."""

    _inherit = "account.move"

    def _reversal_has_foreign_override(self):
        """Whether another addon changes how the host reverses an entry."""
        for cls in self.env.registry["account.move"].__mro__:
            if "_reverse_moves" in vars(cls):
                parts = cls.__module__.split(".")
                if parts[:2] != ["odoo", "addons"] or parts[2] not in KNOWN_OVERRIDES:
                    return True
        return False

    def _reversal_create_mirrors(self, defaults):
        """Draft credit notes of whole invoices, in one batch.

        The same copies as `account.move._reverse_moves` makes one by one, and the
        same contexts; `sale`'s campaign values are added as its override does. Lines
        that the host derives from the others are left out: it would delete their
        copies and make them anew, which costs more than all the rest.
        """
        context = {"move_reverse_cancel": True, "include_business_fields": True}
        values = []
        for move, default in zip(self.with_context(**context), defaults, strict=True):
            [vals] = move.copy_data(
                {
                    **default,
                    "move_type": "out_refund"
                    if move.is_sale_document(include_receipts=True)
                    else "in_refund",
                    "reversed_entry_id": move.id,
                    "partner_id": move.partner_id.id,
                    "campaign_id": move.campaign_id.id,
                    "medium_id": move.medium_id.id,
                    "source_id": move.source_id.id,
                }
            )
            vals["line_ids"] = move._reversal_mirror_lines(vals["line_ids"])
            values.append(vals)
        # The reversal leaves a note of its own on the credit notes.
        model = self.env["account.move"].with_context(mail_create_nolog=True, **context)
        credits = self.browse(model.create(values).ids)
        for move, credit in zip(self, credits, strict=True):
            credit._reversal_square(
                [
                    (line, line.amount_currency, line.balance)
                    for line in move.line_ids
                    if line.display_type
                    not in ("line_section", "line_subsection", "line_note")
                ]
            )
        return credits

    def _reversal_mirror_lines(self, commands):
        """The copies of this invoice's lines, at the opposite amounts.

        :param list commands: what `copy_data` made of the lines, ordered by id
        """
        self.ensure_one()
        mirrored = []
        for line, command in zip(self.line_ids.sorted("id"), commands, strict=True):
            if line.display_type in DERIVED_LINES:
                continue
            if line.display_type not in (
                "line_section",
                "line_subsection",
                "line_note",
            ):
                command[2].update(
                    amount_currency=-line.amount_currency, balance=-line.balance
                )
            mirrored.append(command)
        return mirrored

    def _reversal_post_mirrors(self):
        """Post mirrored credit notes and match each with its invoice."""
        self.with_context(
            move_reverse_cancel=True, order_reversal_mirror=ENGINE
        ).action_post()

    def _reconcile_reversed_moves(self, reverse_moves, move_reverse_cancel):
        """Match receivables of all pairs at once; the host goes on with the rest.

        One `_reconcile_plan` gives the same matches as one for each pair.
        """
        if self.env.context.get("order_reversal_mirror") is ENGINE:
            groups = []
            for move, reverse_move in zip(self, reverse_moves, strict=True):
                lines = (move.line_ids + reverse_move.line_ids).filtered(
                    lambda line: not line.reconciled
                    and line.account_id.reconcile
                    and line.account_type in ("asset_receivable", "liability_payable")
                )
                groups += lines.grouped(
                    lambda line: (line.account_id, line.currency_id)
                ).values()
            self.env["account.move.line"].with_context(
                move_reverse_cancel=move_reverse_cancel
            )._reconcile_plan(groups)
        return super()._reconcile_reversed_moves(reverse_moves, move_reverse_cancel)

    def _invoice_paid_hook(self):
        """A credit note matched with its invoice was not paid by anybody.

        The host would say “Invoice RINV… paid” on the order.
        """
        paid = self
        if self.env.context.get("order_reversal_mirror") is ENGINE:
            paid = self.filtered(lambda move: not move.reversed_entry_id)
        return super(AccountMove, paid)._invoice_paid_hook()

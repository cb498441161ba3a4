from odoo import models
from odoo.fields import Command

from ...const import OWED
from ...engine import ENGINE

PLAIN_LINES = ("product", "tax", "payment_term", "cogs")
TEXT_LINES = ("line_section", "line_subsection", "line_note")
# Lines that the host keeps in step with the others (`_get_sync_stack`).
DERIVED_LINES = ("tax", "payment_term", "epd", "discount", "rounding")

# What a credit note without payment terms has for paying early.
NO_DISCOUNT = {
    "discount_date": False,
    "discount_amount_currency": 0.0,
    "discount_balance": 0.0,
}


class AccountMove(models.Model):
    """Credit notes of whole invoices, many at once, as the host makes one."""

    _inherit = "account.move"

    def _reversal_create_mirrors(self, defaults):
        """Draft credit notes of whole invoices, in one batch.

        The same copies as `account.move._reverse_moves` makes one by one, and the
        same contexts; `sale`'s campaign values are added as its override does.
        """
        context = {"move_reverse_cancel": True, "include_business_fields": True}
        known = {}
        values = {True: {}, False: {}}
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
            exact = move._reversal_exact_lines(vals, known)
            vals["line_ids"] = exact or move._reversal_main_lines(vals["line_ids"])
            values[bool(exact)][move.id] = vals
        # The reversal leaves a note of its own on the credit notes, and nobody wants
        # to follow all of what was taken back at once.
        model = self.env["account.move"].with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True, **context
        )
        made = {}
        for exact, of_kind in values.items():
            credits = model.with_context(skip_invoice_sync=exact).create(
                list(of_kind.values())
            )
            made.update(zip(of_kind, credits.ids, strict=True))
        for move in self.browse(values[False]):
            credit = self.browse(made[move.id])
            credit._reversal_square(move._reversal_whole())
            if move.no_followup:
                # What is owed was derived, as if the invoice was followed up.
                credit.no_followup = True
        return self.browse(made[move.id] for move in self)

    def _reversal_whole(self):
        """All of this entry, as targets of `_reversal_square`."""
        return [
            (line, line.amount_currency, line.balance)
            for line in self.line_ids
            if line.display_type not in TEXT_LINES
        ]

    def _reversal_main_lines(self, commands):
        """The copies of the lines that the host derives the other ones from.

        Copies of those others it would delete and make anew, which costs more than
        all the rest.

        :param list commands: what `copy_data` made of the lines, ordered by id
        """
        self.ensure_one()
        lines = zip(self.line_ids.sorted("id"), commands, strict=True)
        for line, command in lines:
            line._reversal_turn(command[2])
        return [
            command
            for command in commands
            if command[2].get("display_type") not in DERIVED_LINES
        ]

    def _reversal_exact_lines(self, vals, known):
        """All lines of the credit note, so that the host has nothing to derive.

        Whose taxes and due date it would name is asked for once a kind of line.

        :param dict vals: what `copy_data` made of the invoice, lines ordered by id
        :param dict known: answers for the kinds of lines seen so far
        :return: list of commands, or None where the host must derive lines
        """
        self.ensure_one()
        lines = self.line_ids.sorted("id")
        if (
            set(lines.mapped("display_type")) - {*TEXT_LINES, *PLAIN_LINES}
            or len(lines.filtered(lambda line: line.display_type == "payment_term"))
            != 1
            or vals.get("invoice_payment_term_id")
            or self.invoice_cash_rounding_id
        ):
            return None
        due = vals["invoice_date_due"]
        products = lines.filtered(lambda line: line.display_type == "product")
        taxes = [line._reversal_refund_taxes(known) for line in products]
        base_tags = {
            line: tags for line, (tags, _parts) in zip(products, taxes, strict=True)
        }
        parts = {key: part for _tags, found in taxes for key, part in found.items()}
        for line, command in zip(lines, vals["line_ids"], strict=True):
            values = command[2]
            line._reversal_turn(values)
            if line.display_type == "product":
                values["tax_tag_ids"] = [Command.set(base_tags[line].ids)]
            elif line.display_type == "payment_term":
                values.update(NO_DISCOUNT, date_maturity=due)
            elif line.display_type == "tax":
                part = parts.get((line.tax_repartition_line_id, line.tax_tag_ids))
                if not part:
                    return None
                values["tax_repartition_line_id"] = part[0].id
                values["tax_tag_ids"] = [Command.set(part[1].ids)]
                values["tax_base_amount"] = -line.tax_base_amount
        # The currency first: the host rounds the amounts by it while it creates them.
        return [
            Command.create({"currency_id": line.currency_id.id, **command[2]})
            for line, command in zip(lines, vals["line_ids"], strict=True)
        ]

    def _reversal_post_mirrors(self):
        """Post mirrored credit notes and match each with its invoice.

        Their lines are what they have to be: none is derived from others any more.
        """
        moves = self.with_context(
            move_reverse_cancel=True,
            skip_invoice_sync=True,
            order_reversal_mirror=ENGINE,
        )
        self._reversal_acted(moves.action_post(), "posted")

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

        Nor was an invoice that is matched again with what it keeps. The host would
        say “Invoice RINV… paid” on the orders, those of others too.
        """
        paid = self
        if self.env.context.get("order_reversal_rematch") is ENGINE:
            paid = self.browse()
        if self.env.context.get("order_reversal_mirror") is ENGINE:
            paid = self.filtered(lambda move: not move.reversed_entry_id)
        return super(AccountMove, paid)._invoice_paid_hook()


class AccountMoveLine(models.Model):
    """Lines of a credit note that mirrors an invoice."""

    _inherit = "account.move.line"

    def _reversal_turn(self, values):
        """Make the copy of a line its opposite.

        :param dict values: what `copy_data` made of it, changed
        """
        self.ensure_one()
        if self.display_type not in TEXT_LINES:
            values.update(amount_currency=-self.amount_currency, balance=-self.balance)
            if self.company_id.account_storno:
                values["is_storno"] = not self.is_storno
        if not (self.no_followup and self.account_type in OWED):
            # The host asks only what is owed, and computes the same for the others.
            # Told of one, it writes the whole entry (`_inverse_no_followup`).
            values.pop("no_followup", None)

    def _reversal_refund_taxes(self, known):
        """What the host puts on a credit note for the taxes of an invoice line.

        :param dict known: answers so far, by what they depend on
        :return: (tags of the base,
            {(repartition line, tags): their counterparts on a credit note})
        """
        self.ensure_one()
        taxes = self.tax_ids
        parts = taxes.invoice_repartition_line_ids | taxes.refund_repartition_line_ids
        parts.mapped("tag_ids")  # read together
        # sudo: the tags alone, as the host reads them for whoever invoices.
        key = (self.tax_ids, self.product_id.sudo().account_tag_ids, self.company_id)
        if key not in known:
            invoice, refund = (
                self._reversal_tax_details(is_refund) for is_refund in (False, True)
            )
            pairs = zip(
                self._reversal_tax_parts(invoice),
                self._reversal_tax_parts(refund),
                strict=False,
            )
            known[key] = (refund["tax_tag_ids"], dict(pairs))
        return known[key]

    def _reversal_tax_details(self, is_refund):
        base = self.move_id._prepare_product_base_line_for_taxes_computation(self)
        base["is_refund"] = is_refund
        model = self.env["account.tax"]
        model._add_tax_details_in_base_line(base, self.company_id)
        model._round_base_lines_tax_details([base], self.company_id)
        model._add_accounting_data_to_base_line_tax_details(base, self.company_id)
        return base

    def _reversal_tax_parts(self, base):
        """[(repartition line, tags)] in the order of the taxes."""
        return [
            (part["tax_rep"], part["tax_tags"])
            for tax in base["tax_details"]["taxes_data"]
            for part in tax["tax_reps_data"]
        ]

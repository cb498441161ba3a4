from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class AccountMove(models.Model):
    """A draft credit note is made exact, item by item."""

    _inherit = "account.move"

    def _reversal_square(self, targets, fee=None):
        """Make this draft credit note the exact opposite of `targets`, but for a fee.

        A copy computes its taxes anew, with today's rates and without what a
        person had typed; the entry to take back is what was posted.

        :param targets: list of (journal item, amount in currency, balance)
        :param Fee fee: that the credit note charges
        :raise UserError: the credit note has another structure than the invoice
        """
        self.ensure_one()
        wanted = defaultdict(list)
        for line, amount, balance in targets:
            wanted[line._reversal_key()].append((line, -amount, -balance))
        charged, commands = self._reversal_charge_fee(fee, wanted)
        present = (
            (self.line_ids - charged)
            .filtered(
                lambda line: line.display_type
                not in ("line_section", "line_subsection", "line_note")
            )
            .grouped(lambda line: line._reversal_key())
        )
        for key in set(wanted) | set(present):
            if key[0] == "payment_term":
                if key not in wanted:
                    continue
                if len(present.get(key, ())) == 1:
                    # The host makes one of the instalments of the invoice.
                    origins, *sums = zip(*wanted[key], strict=True)
                    wanted[key] = [(origins[0], *map(sum, sums))]
            commands += self._reversal_square_group(
                sorted(wanted.get(key, []), key=lambda target: target[0].id),
                present.get(key, self.env["account.move.line"]).sorted("id"),
            )
        if commands:
            self._reversal_write_squared(commands)

    def _reversal_square_group(self, wanted, present):
        """Commands that bring the lines of one key to the wanted amounts."""
        commands = []
        for (origin, amount, balance), line in zip(wanted, present, strict=False):
            values = {}
            if line.currency_id.compare_amounts(line.amount_currency, amount):
                values["amount_currency"] = amount
            if line.company_currency_id.compare_amounts(line.balance, balance):
                values["balance"] = balance
            if values:
                values = {"amount_currency": amount, "balance": balance}
            if origin and line.account_id != origin.account_id:
                values["account_id"] = origin.account_id.id
            if values:
                commands.append(Command.update(line.id, values))
        for origin, amount, balance in wanted[len(present) :]:
            commands.append(
                Command.create(origin._reversal_counter_vals(amount, balance))
            )
        for line in present[len(wanted) :]:
            commands.append(Command.delete(line.id))
        return commands

    def _reversal_write_squared(self, commands):
        """Write amounts as they are; the receivable takes the difference."""
        changes = {
            command[1]: command[2]
            for command in commands
            if command[0] == Command.UPDATE
        }
        created = [c[2] for c in commands if c[0] == Command.CREATE]
        deleted = {c[1] for c in commands if c[0] == Command.DELETE}
        terms = self.line_ids.filtered(
            lambda line: line.display_type == "payment_term" and line.id not in changes
        )
        amount = balance = 0.0
        for line in self.line_ids - terms:
            if line.id not in deleted:
                values = changes.get(line.id, {})
                amount += values.get("amount_currency", line.amount_currency)
                balance += values.get("balance", line.balance)
        amount += sum(values["amount_currency"] for values in created)
        balance += sum(values["balance"] for values in created)
        if terms:
            rest = terms[:-1]
            amount += sum(rest.mapped("amount_currency"))
            balance += sum(rest.mapped("balance"))
            commands = commands + [
                Command.update(
                    terms[-1].id, {"amount_currency": -amount, "balance": -balance}
                )
            ]
        elif not self.company_currency_id.is_zero(balance):
            raise UserError(
                self.env._(
                    "The credit note of %s would not balance. Take the invoice back by "
                    "hand, and report this case.",
                    self.reversed_entry_id.display_name,
                )
            )
        self.with_context(skip_invoice_sync=True, dynamic_unlink=True).write(
            {"line_ids": commands}
        )

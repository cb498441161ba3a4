from odoo import models
from odoo.fields import Command

from ...plan import Fee


class AccountMove(models.Model):
    """A fee for taking back, charged on the credit note.

    Its own line there, of no order. So much less is credited: what was paid of it stays
    matched with the invoice, or the customer still owes it.
    """

    _inherit = "account.move"

    def _reversal_plan_fees(self, plan):
        """Charge what the reason of a plan asks for on the credit notes of these.

        A part of what is credited on each of them, a fixed amount on the largest one.
        """
        reason = plan.reversal.reason_id
        if not reason.fee_type or not plan.reaches("invoice"):
            return
        shares = {
            move: plan.shares[move]
            for move in self
            if move.is_sale_document(include_receipts=True)
            and not move.currency_id.is_zero(plan.shares[move].total)
        }
        if shares and reason.fee_type == "amount":
            largest = max(
                shares, key=lambda m: shares[m].total / (m.invoice_currency_rate or 1.0)
            )
            shares = {largest: shares[largest]}
        for move, share in shares.items():
            move._reversal_plan_fee(plan, share, reason)
        if not shares:
            plan.warn(
                "fee_not_charged",
                self.env._(
                    "The fee of the reason “%s” is not charged: there is no credit "
                    "note to put it on.",
                    reason.name,
                ),
                remedy=self.env._("Invoice it by itself, if the customer is to pay."),
            )

    def _reversal_plan_fee(self, plan, share, reason):
        """The fee on the credit note of this invoice, which must leave some of it."""
        fee = self._reversal_compute_fee(share, reason)
        if self.currency_id.is_zero(fee.total):
            return
        text = self.currency_id.format(fee.total)
        if self.currency_id.compare_amounts(fee.total, share.total) >= 0:
            plan.block(
                "fee_exceeds",
                self.env._(
                    "The fee of %(fee)s for the reason “%(reason)s” leaves nothing of "
                    "the %(credited)s to credit on %(invoice)s.",
                    fee=text,
                    reason=reason.name,
                    credited=self.currency_id.format(share.total),
                    invoice=self.name,
                ),
                self,
                remedy=self.env._("Choose another reason, or have its fee lowered."),
                who=self.env._("A reversal manager may change the reason."),
            )
            return
        share.fee = fee
        share.total = self.currency_id.round(share.total - fee.total)
        plan.inform(
            "fee_charged",
            self.env._(
                "A fee of %(fee)s with taxes (%(reason)s) is taken off the credit note "
                "of %(invoice)s.",
                fee=text,
                reason=reason.name,
                invoice=self.name,
            ),
            self,
        )

    def _reversal_compute_fee(self, share, reason):
        """What a reason charges for a share of this invoice.

        :return: Fee, which may be of nothing
        """
        self.ensure_one()
        rate = self.invoice_currency_rate or 1.0
        if reason.fee_type == "percent":
            base = abs(sum(part.amount for part in share.lines.values()))
            price = base * reason.fee_percent / 100.0
        else:
            price = reason.fee_amount * rate
        price = self.currency_id.round(price)
        product = reason.fee_product_id.with_company(self.company_id)
        taxes = reason._get_fee_taxes(self.company_id, self.fiscal_position_id)
        computed = taxes.compute_all(
            price,
            currency=self.currency_id,
            product=product,
            partner=self.partner_id,
            is_refund=True,
        )
        accounts = product.product_tmpl_id.get_product_accounts(self.fiscal_position_id)
        account = accounts["income"] or self.journal_id.default_account_id

        def in_company(amount):
            return self.company_currency_id.round(amount / rate)

        parts = self.env["account.tax.repartition.line"]
        rows = []
        for row in computed["taxes"]:
            part = parts.browse(row["tax_repartition_line_id"])
            owner = part._get_aml_target_tax_account() or account
            rows.append(
                [
                    row["id"],
                    part.factor_percent,
                    owner.id,
                    row["amount"],
                    in_company(row["amount"]),
                ]
            )
        amount = computed["total_excluded"] if taxes else price
        return Fee(
            product_id=product.id,
            account_id=account.id,
            price=price,
            amount=amount,
            balance=in_company(amount),
            tax_ids=taxes.ids,
            taxes=rows,
        )

    def _reversal_fee_words(self, fee):
        """What a step adds to its outcome for a fee, empty without one."""
        if not fee:
            return ""
        return self.env._("; less a fee of %s", self.currency_id.format(fee.total))

    # ------------------------------------------------------------------
    # Carried out
    # ------------------------------------------------------------------

    def _reversal_charge_fee(self, fee, wanted):
        """Put a fee on this draft credit note, and what it is worth beside the rest.

        :param Fee fee: or None
        :param dict wanted: {key of journal items: [(origin, amount, balance)]},
            changed: the taxes of the fee are on the same items
        :return: (the journal items of the fee alone, commands that make them exact)
        """
        if not fee:
            return self.env["account.move.line"], []
        known = self.line_ids
        self.write(
            {
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": fee.product_id,
                            "account_id": fee.account_id,
                            "quantity": -1.0,
                            "price_unit": fee.price,
                            "discount": 0.0,
                            "tax_ids": [Command.set(fee.tax_ids)],
                        }
                    )
                ]
            }
        )
        charged = (self.line_ids - known).filtered(
            lambda line: line.display_type == "product"
        )
        commands = [self._reversal_exact_command(charged, fee.amount, fee.balance)]
        for tax_id, factor, account_id, amount, balance in fee.taxes:
            key = ("tax", tax_id, factor)
            for index, (origin, before, in_company) in enumerate(wanted[key]):
                if origin.account_id.id == account_id:
                    exact = (origin, before - amount, in_company - balance)
                    wanted[key][index] = exact
                    break
            else:
                # Not a tax of what is credited, or on another account there.
                line = (self.line_ids - charged).filtered(
                    lambda ln, key=key, account_id=account_id: (
                        ln._reversal_key() == key and ln.account_id.id == account_id
                    )
                )[:1]
                if line:
                    charged |= line
                    commands.append(self._reversal_exact_command(line, amount, balance))
        return charged, commands

    def _reversal_exact_command(self, line, amount, balance):
        """The command that makes an item of a fee, which is credited, exact."""
        return Command.update(
            line.id, {"amount_currency": -amount, "balance": -balance}
        )

    def _reversal_fee_parts(self, fee):
        """What a fee leaves of the credit note: (account, amount, balance)."""
        if not fee:
            return []
        accounts = self.env["account.account"]
        parts = [(accounts.browse(fee.account_id), fee.amount, fee.balance)]
        return parts + [
            (accounts.browse(account_id), amount, balance)
            for _tax, _factor, account_id, amount, balance in fee.taxes
        ]

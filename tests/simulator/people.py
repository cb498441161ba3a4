"""What people do in the host, and what the database says afterwards."""

from odoo import Command
from odoo.exceptions import UserError

from .documents import HOME

#: What a refusal must leave as it was: {table: condition}.
TABLES = {
    "sale_order": "company_id = %(company)s",
    "sale_order_line": "company_id = %(company)s",
    "account_move": "company_id = %(company)s",
    "account_move_line": "company_id = %(company)s",
    "account_partial_reconcile": "company_id = %(company)s",
    "account_payment": "company_id = %(company)s",
    "account_bank_statement_line": "company_id = %(company)s",
    "order_reversal": "company_id = %(company)s",
    "order_reversal_log": "company_id = %(company)s",
}


class People:
    """Clerk, accountant, approver, manager and scheduler of one company."""

    def __init__(self, case):
        self.case = case
        self.company = case.company
        self.env = case.env
        self.cr = case.env.cr

    def env_of(self, user):
        return self.env(user=user.id, su=False)

    def attempt(self, function):
        """Do something as a request does: all of it or nothing.

        :return: (result, None) or (None, UserError)
        """
        try:
            with self.cr.savepoint():
                result = function()
                self.env.flush_all()
        except UserError as error:
            self.cr.clear()
            self.env.invalidate_all(flush=False)
            return None, error
        return result, None

    # ------------------------------------------------------------------
    # Clerk
    # ------------------------------------------------------------------

    def sell(self, currency, tax, lines):
        env = self.env_of(self.case.clerk)
        foreign = currency != HOME
        order = env["sale.order"].create(
            {
                "partner_id": self.case.partner.id,
                **({"pricelist_id": self.case.euro_pricelist.id} if foreign else {}),
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.case.sold.id,
                            "product_uom_qty": quantity,
                            "price_unit": price / 100,
                            "tax_ids": [Command.set(self.case.sim_taxes[tax].ids)],
                        }
                    )
                    for price, quantity in lines
                ],
            }
        )
        order.action_confirm()
        return order

    def change(self, line_id, quantity):
        line = self.env_of(self.case.clerk)["sale.order.line"].browse(line_id)
        # the host asks the price list again: the price was agreed upon
        line.write({"product_uom_qty": quantity, "price_unit": line.price_unit})

    def confirm(self, order_id):
        order = self.env_of(self.case.clerk)["sale.order"].browse(order_id)
        if order.state == "cancel":
            order.action_draft()
        order.action_confirm()

    def lock(self, order_id):
        self.env_of(self.case.clerk)["sale.order"].browse(order_id).action_lock()

    def invoice(self, order_id, sent):
        order = self.env_of(self.case.clerk)["sale.order"].browse(order_id)
        invoice = order._create_invoices(final=True)
        invoice.action_post()
        invoice.is_move_sent = sent
        return invoice

    def pay(self, move_ids, amount):
        env = self.env_of(self.case.clerk)
        wizard = (
            env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move_ids)
            .create({"journal_id": self.case.bank.id, "group_payment": True})
        )
        wizard.amount = amount / 100
        return wizard._create_payments()

    # ------------------------------------------------------------------
    # Accountant
    # ------------------------------------------------------------------

    def match_with_bank(self, payment_id):
        env = self.env_of(self.case.accountant)
        # The widget that does this is not part of the community's host.
        payment = env["account.payment"].browse(payment_id).sudo()
        liquidity, _counterpart, _write_off = payment._seek_for_lines()
        line = payment.env["account.bank.statement.line"].create(
            {
                "journal_id": self.case.bank.id,
                "date": self.case.today(),
                "payment_ref": payment.name,
                "partner_id": payment.partner_id.id,
                "amount": liquidity.balance,
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        suspense.with_context(
            skip_readonly_check=True
        ).account_id = liquidity.account_id
        (suspense | liquidity).reconcile()

    def credit(self, move_id, whole):
        env = self.env_of(self.case.accountant)
        wizard = (
            env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=[move_id])
            .create({"journal_id": env["account.move"].browse(move_id).journal_id.id})
        )
        wizard.refund_moves()
        credit = wizard.new_move_ids
        if not whole:
            credit.invoice_line_ids.sorted("id")[1:].unlink()
        credit.action_post()
        return credit

    def unmatch(self, move_id, other_id):
        partials = self.env_of(self.case.accountant)["account.partial.reconcile"]
        partials.search(
            [
                ("debit_move_id.move_id", "in", (move_id, other_id)),
                ("credit_move_id.move_id", "in", (move_id, other_id)),
            ]
        ).unlink()

    def match(self, move_id, other_id):
        moves = self.env_of(self.case.accountant)["account.move"]
        moves.browse((move_id, other_id)).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()

    def lock_period(self, field, day):
        # sudo: the host's own dialog for it is not part of the community's edition.
        self.company.with_env(self.env_of(self.case.accountant)).sudo()[field] = day

    def set_rate(self, day, rate):
        env = self.env_of(self.case.accountant)
        rates = env["res.currency.rate"]
        rates.search(
            [
                ("currency_id", "=", self.case.euro.id),
                ("company_id", "=", self.company.id),
                ("name", "=", day),
            ]
        ).unlink()
        rates.create(
            {
                "currency_id": self.case.euro.id,
                "company_id": self.company.id,
                "name": day,
                "rate": rate,
            }
        )

    def set_tax(self, name, **values):
        self.case.sim_taxes[name].with_env(self.env_of(self.case.accountant)).write(
            values
        )

    def set_company(self, **values):
        # sudo: the settings of the company are its administrator's.
        self.company.with_env(self.env_of(self.case.manager)).sudo().write(values)

    # ------------------------------------------------------------------
    # Reversals
    # ------------------------------------------------------------------

    def request(self, root, user=None, **values):
        model, record_id = root
        names = {"sale.order": "order_id", "account.move": "move_id"}
        return self.env_of(user or self.case.clerk)["order.reversal"].create(
            {
                names.get(model, "payment_id"): record_id,
                "reason_id": self.case.reason.id,
                **values,
            }
        )

    def take_part(self, order_id, line_id):
        """One of a line of an order."""
        reversal = self.request(
            ("sale.order", order_id),
            scope="invoice",
            invoice_method="credit_note",
            line_ids=[Command.create({"order_line_id": line_id, "quantity": 1.0})],
        )
        reversal.action_submit()
        return reversal

    def settle_again(self, reversal_id):
        settlements = self.env_of(self.case.clerk)["order.settlement"]
        settlement = settlements.create({"reversal_id": reversal_id})
        settlement.action_settle()
        return settlement

    def batch(self, order_ids, **values):
        batch = self.env_of(self.case.clerk)["order.reversal.batch"].create(
            {"order_ids": order_ids, "reason_id": self.case.reason.id, **values}
        )
        batch.action_start()
        return batch

    def as_user(self, reversal, user):
        return reversal.with_env(self.env_of(user)).browse(reversal.ids)

    # ------------------------------------------------------------------
    # What the database says
    # ------------------------------------------------------------------

    def query(self, query, **values):
        self.env.flush_all()
        self.cr.execute(query, {"company": self.company.id, **values})
        return self.cr.fetchall()

    def balances(self):
        """{(account, currency): (balance, amount)}, in cents, of posted items."""
        rows = self.query(
            """SELECT account_id, currency_id, ROUND(SUM(balance) * 100)::int,
                      ROUND(SUM(amount_currency) * 100)::int
                 FROM account_move_line
                WHERE parent_state = 'posted' AND company_id = %(company)s
             GROUP BY account_id, currency_id"""
        )
        total = {}
        for account, currency, balance, amount in rows:
            if balance or amount:
                total[self.name_of(account), self.case.currencies[currency]] = (
                    balance,
                    amount,
                )
        return total

    def name_of(self, account_id):
        if account_id not in self.case.accounts:
            account = self.env["account.account"].browse(account_id)
            return account.with_company(self.company).code
        return self.case.accounts[account_id]

    def residuals(self):
        """{id of a posted entry: cents that are open on the receivable}."""
        return dict(
            self.query(
                """SELECT line.move_id,
                          ROUND(SUM(line.amount_residual_currency) * 100)::int
                     FROM account_move_line line
                     JOIN account_account account ON account.id = line.account_id
                    WHERE line.parent_state = 'posted'
                      AND line.company_id = %(company)s
                      AND account.account_type = 'asset_receivable'
                 GROUP BY line.move_id"""
            )
        )

    def orders(self):
        """{order id: (state, locked)}."""
        return {
            order: (state, bool(locked))
            for order, state, locked in self.query(
                "SELECT id, state, locked FROM sale_order "
                "WHERE company_id = %(company)s"
            )
        }

    def invoiced(self):
        """{order line id: quantity}."""
        return dict(
            self.query(
                "SELECT id, qty_invoiced::float FROM sale_order_line "
                "WHERE company_id = %(company)s"
            )
        )

    def entries(self):
        """{id: (type, id of what it reverses, payment, state)} of all entries."""
        return {
            row[0]: row[1:]
            for row in self.query(
                """SELECT id, move_type, reversed_entry_id, origin_payment_id, state
                     FROM account_move WHERE company_id = %(company)s"""
            )
        }

    def matches(self):
        """{frozenset of two entries' ids} that are matched."""
        return {
            frozenset(row)
            for row in self.query(
                """SELECT debit.move_id, credit.move_id
                     FROM account_partial_reconcile partial
                     JOIN account_move_line debit ON debit.id = partial.debit_move_id
                     JOIN account_move_line credit ON credit.id = partial.credit_move_id
                    WHERE partial.company_id = %(company)s"""
            )
        }

    def digest(self):
        """A digest of each table that a refusal must leave alone."""
        parts = ", ".join(
            f"(SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM {table} t "
            f"WHERE {condition})"
            for table, condition in TABLES.items()
        )
        return dict(zip(TABLES, self.query(f"SELECT {parts}")[0], strict=True))

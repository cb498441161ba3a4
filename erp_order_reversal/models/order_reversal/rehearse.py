from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...checks import check_one, check_type


class OrderReversal(models.Model):
    """The plan carried out in a savepoint and rolled back: what the dialog shows."""

    _inherit = "order.reversal"

    def preview_entries(self):
        """Run the plan for real, read the journal items, and roll it all back.

        Items of entries that are cancelled appear with debit and credit exchanged,
        so that the sum per account is what the trial balance changes by.

        :raise UserError: with every blocker at once
        :return: list of {journal, date, account_code, account_name, partner, label,
            debit, credit, balance, currency, amount_currency}
        """
        check_one(self)
        self.check_access("write")
        self._check_roots_readable()
        self._check_state("draft")
        self.env.flush_all()
        before = self._posted_lines_mark()
        # A savepoint of the host clears caches and pending hooks when rolled back.
        with self.env.cr.savepoint() as savepoint:
            runner = self._preview_runner()
            plans = runner._lock_and_assess()
            runner._raise_blockers(plans)
            touched = [
                step["res_id"]
                for plan in plans
                for step in plan.steps
                if step["operation"] == "void"
            ]
            payments = [
                step["res_id"]
                for plan in plans
                for step in plan.steps
                if step["operation"] == "void_payment"
            ]
            # sudo: the entries of the plan's own payments.
            touched += self.env["account.payment"].sudo().browse(payments).move_id.ids
            leaving = self._read_lines(
                SQL(
                    "aml.move_id IN %s AND aml.parent_state = 'posted'",
                    tuple(touched or [0]),
                )
            )
            runner._run_operations()
            self.env.flush_all()
            entries = self._read_lines(
                SQL("aml.id > %s AND aml.parent_state = 'posted'", before)
            )
            gone = self._read_lines(
                SQL(
                    "aml.move_id IN %s AND aml.parent_state = 'cancel'",
                    tuple(touched or [0]),
                )
            )
            cancelled = {row["move_id"] for row in gone}
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        for row in leaving:
            if row["move_id"] in cancelled:
                entries.append(
                    {
                        **row,
                        "debit": row["credit"],
                        "credit": row["debit"],
                        "balance": -row["balance"],
                        "amount_currency": -row["amount_currency"],
                    }
                )
        for row in entries:
            del row["move_id"]
        return entries

    @api.model
    def preview_request(self, values):
        """`preview_entries` for what the dialog holds, which is not saved yet.

        :param dict values: as for `create`; a reason may be missing
        :return: HTML of the journal items, or of what stands against it
        """
        self.check_access("create")
        check_type(self.env, values, dict, "values")
        values = dict(values)
        if not values.get("reason_id"):
            reasons = self.env["order.reversal.reason"]
            values["reason_id"] = reasons.search(
                [("note_required", "=", False)], limit=1
            ).id
        overrides = self._pop_overrides(values)
        values = self._sanitize_request(values) | {"seen_fingerprint": False}
        with self.env.cr.savepoint() as savepoint:
            # The name keeps the sequence from counting what is never kept.
            reversal = self._engine_env(self).create(
                {**values, "name": self.env._("Preview")}
            )
            reversal = self.browse(reversal.id).with_context(
                reversal_overrides=overrides
            )
            company = reversal.company_id
            try:
                entries = reversal.preview_entries()
            except UserError as error:
                entries = str(error)
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        return self._render_entries(entries, company)

    def _preview_runner(self):
        """This reversal as somebody who only looks: no tracking, no rights to act.

        sudo: a clerk who may ask but not carry out sees the entries, too. All of it
        is rolled back.
        """
        return (
            self.sudo()
            .with_company(self.company_id)
            ._clean()
            .with_context(
                tracking_disable=True, mail_notrack=True, reversal_preview=True
            )
        )

    def _posted_lines_mark(self):
        self.env.cr.execute("SELECT COALESCE(MAX(id), 0) FROM account_move_line")
        return self.env.cr.fetchone()[0]

    def _read_lines(self, condition):
        """Journal items as `preview_entries` returns them, plus their move."""
        lang = self.env.lang or "en_US"
        self.env.cr.execute(
            SQL(
                """SELECT aml.move_id,
                          COALESCE(journal.name->>%(lang)s, journal.name->>'en_US')
                            AS journal,
                          aml.date,
                          account.code_store->>%(company)s AS account_code,
                          COALESCE(account.name->>%(lang)s, account.name->>'en_US')
                            AS account_name,
                          COALESCE(partner.complete_name, '') AS partner,
                          COALESCE(aml.name, '') AS label,
                          aml.debit, aml.credit, aml.balance,
                          currency.name AS currency, aml.amount_currency
                     FROM account_move_line aml
                     JOIN account_journal journal ON journal.id = aml.journal_id
                     JOIN account_account account ON account.id = aml.account_id
                     JOIN res_currency currency ON currency.id = aml.currency_id
                LEFT JOIN res_partner partner ON partner.id = aml.partner_id
                    WHERE %(condition)s
                 ORDER BY aml.move_id, aml.id""",
                lang=lang,
                company=str(self.company_id.root_id.id),
                condition=condition,
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _render_entries(self, entries, company):
        """HTML of journal items (`preview_entries`), or of what is wrong (str)."""
        return self.env["ir.qweb"]._render(
            "erp_order_reversal.order_reversal_entries",
            {
                "currency": company.currency_id,
                "error": entries if isinstance(entries, str) else False,
                "entries": [] if isinstance(entries, str) else entries,
            },
        )

import base64
import io

import qrcode
from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.tools import babel_locale_parse
from odoo.tools.image import image_data_uri
from odoo.tools.misc import get_lang


class OrderReversal(models.Model):
    """The printable voucher: what a paper file needs."""

    _inherit = "order.reversal"

    def action_print(self):
        """Print the voucher.

        :return: a report action
        """
        self.check_access("read")
        return self.env.ref("erp_order_reversal.action_report_voucher").report_action(
            self
        )

    def _get_voucher_values(self):
        """What the voucher shows beside the fields of the reversal.

        :return: {"entries": …, "impact": …, "log_hash": str, "qr": str}
        """
        self.ensure_one()
        log_hash = self._get_voucher_log_hash()
        return {
            "entries": self._get_voucher_entries(),
            "impact": self._get_impact_rows(),
            "log_hash": log_hash,
            "qr": self._get_voucher_qr(
                f"{self.id}|{self.snapshot_hash or ''}|{log_hash}"
            ),
        }

    def _get_voucher_qr(self, text):
        """A QR code of `text` as a data URI.

        Not by the host's barcodes: they need a renderer that few hosts have.
        """
        buffer = io.BytesIO()
        qrcode.make(text, border=1, box_size=4).save(buffer, "PNG")
        return image_data_uri(base64.b64encode(buffer.getvalue()))

    def _get_voucher_log_hash(self):
        """Hash of the event that ended the reversal, so that it stays the same."""
        ends = self.log_ids.filtered(
            lambda row: row.event in ("done", "rejected", "cancelled", "failed")
        )
        return ends[-1:].hash or ""

    def _get_voucher_entries(self):
        """Journal entries that were made or cancelled, in the order of the steps.

        :return: list of {"move", "cancelled", "lines"}
        """
        self.ensure_one()
        # sudo, here and below: the entries of a reversal that the user may read.
        moves = self.env["account.move"].sudo()
        entries = []
        for step in self.step_ids.filtered("done"):
            for model, record_id in (
                (step.result_model, step.result_id),
                (step.res_model, step.res_id),
            ):
                record = self.env[model].sudo().browse(record_id) if model else moves
                if model == "account.payment":
                    record = record.exists().move_id
                elif model != "account.move":
                    continue
                made = record_id == step.result_id and model == step.result_model
                cancelled = step.operation in ("void", "void_payment")
                record = record.exists() - moves
                if (
                    not record
                    or not made
                    and (not cancelled or record.state != "cancel")
                ):
                    continue
                moves |= record
                entries.append(
                    {
                        "move": record,
                        "cancelled": not made,
                        "lines": record.line_ids.filtered(
                            lambda line: line.display_type
                            not in ("line_section", "line_subsection", "line_note")
                        ),
                    }
                )
        return entries

    # ------------------------------------------------------------------
    # What a person reads of an assessment
    # ------------------------------------------------------------------

    @api.model
    def _get_impact_labels(self):
        """{kind of `_get_entry_kind`: its name}, as people read them in order."""
        return {
            "revenue": self.env._("Revenue"),
            "tax": self.env._("Tax"),
            "cost": self.env._("Cost of goods"),
            "stock": self.env._("Stock value"),
            "cash": self.env._("Cash and bank"),
            "receivable": self.env._("Receivable"),
            "other": self.env._("Other accounts"),
        }

    @api.depends("impact", "amount_credit", "amount_refund")
    @api.depends_context("lang")
    def _compute_impact_html(self):
        for reversal in self:
            reversal.impact_html = reversal._render_impact()

    def _render_impact(self, impact=None):
        """HTML of the effect on the books.

        :param dict impact: as the field of this name, which is the default
        """
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "erp_order_reversal.order_reversal_impact",
            {"currency": self.currency_id, "impact": self._get_impact_rows(impact)},
        )

    @api.model
    def _render_rows(self, rows, currency):
        """HTML of changes of the books, of many reversals.

        :param list rows: as `_group_entries`
        """
        return self.env["ir.qweb"]._render(
            "erp_order_reversal.order_reversal_impact",
            {
                "currency": currency,
                "impact": {"rows": self._say_rows(rows), "positions": []},
            },
        )

    @api.model
    def _render_entries(self, entries, company):
        """HTML of journal items, as `rehearse` returns them."""
        return self.env["ir.qweb"]._render(
            "erp_order_reversal.order_reversal_entries",
            {
                "currency": company.currency_id,
                "entries": [
                    {**entry, "date": fields.Date.to_date(entry["date"])}
                    for entry in entries
                ],
            },
        )

    @api.model
    def _say_rows(self, rows):
        """Changes of the books in the user's language: [{label, period, amount}]."""
        labels = self._get_impact_labels()
        order = list(labels)
        return [
            {
                "label": labels[row["kind"]],
                "period": self._format_month(row["period"]),
                "amount": row["amount"],
            }
            for row in sorted(
                rows, key=lambda row: (order.index(row["kind"]), row["period"])
            )
        ]

    def _get_impact_rows(self, impact=None):
        """The stored impact with names of accounts and months in the user's language.

        :param dict impact: another one than the stored

        :return: {"rows": [{label, period, amount}],
            "positions": [{partner, said_before, said_after, …}]}
        """
        self.ensure_one()
        impact = impact or self.impact or {}
        return {
            "rows": self._say_rows(impact.get("rows", [])),
            "positions": [
                {
                    **row,
                    "said_before": self._say_position(row, row["before"]),
                    "said_after": self._say_position(row, row["after"]),
                }
                for row in impact.get("positions", [])
            ],
        }

    @api.model
    def _say_position(self, row, amount):
        """A balance of a partner in words: positive is owed to the company."""
        # Rates of another company's books are no matter here: only its currency's name.
        currency = self.env["res.currency"].search([("name", "=", row["currency"])])
        if currency.is_zero(amount):
            return self.env._("Nothing open")
        text = currency.format(abs(amount))
        if row["account_type"] == "liability_payable":
            if amount < 0:
                return self.env._("We owe %s", text)
            return self.env._("We have a credit of %s", text)
        if amount > 0:
            return self.env._("Owes %s", text)
        return self.env._("Has a credit of %s", text)

    @api.model
    def _format_month(self, period):
        """“November 2026” for “2026-11”, in the user's language."""
        return format_skeleton(
            "yMMMM",
            fields.Date.to_date(f"{period}-01"),
            locale=babel_locale_parse(get_lang(self.env).code),
        )

import base64
import io

import qrcode

from odoo import models
from odoo.tools.image import image_data_uri


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
        # sudo: the entries of a reversal that the user may read.
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

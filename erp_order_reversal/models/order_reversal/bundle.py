from odoo import models
from odoo.exceptions import AccessError

from ...checks import check_one
from ...proof import bundle, verify_log


class OrderReversal(models.Model):
    """All that shows what was done when, in one file that checks itself."""

    _inherit = "order.reversal"

    def action_download_evidence(self):
        """Download the evidence of this reversal as a ZIP file.

        Log rows, the image and the PDF files as they were, the voucher, the plan as it
        was approved, and a signed head: `proof/verify_log.py` checks them. The image
        is left out for whoever may not read all of its documents.

        :raise AccessError: the reversal may not be read
        :return: an action
        """
        check_one(self)
        self.check_access("read")
        members = {
            "approved.json": verify_log.canonical(
                verify_log.normalise(self._get_frozen_plan())
            ).encode(),
            "voucher.html": self._render_voucher(),
        }
        image = self._get_evidence_image()
        if image:
            members[f"images/{self.id}.json"] = image
            for file in self.file_ids.filtered("kept"):
                members[f"files/{file.sha256}"] = file._get_content()
        members |= self._get_evidence_of_log()
        return self.env["order.reversal.log"]._download_proof(
            f"{self.name.replace('/', '-')}.zip",
            self.env._(
                "The evidence of %(reversal)s: %(document)s",
                reversal=self.name,
                document=self.root_name,
            ),
            {
                "kind": "reversal",
                "reversal": self.id,
                "reversal_name": self.name,
                "image": "given" if image else "withheld",
            },
            members,
            self,
        )

    def _get_evidence_image(self):
        """The image as it is stored, or b"" where the user may not see all of it."""
        try:
            text = self.snapshot_json()
        except AccessError:
            return b""
        # sudo: the field is closed to direct reading; this one may be read. An older
        # one, which holds secrets, is given by nobody: its hash would not be right.
        return text.encode() if text == self.sudo().snapshot else b""

    def _get_frozen_plan(self):
        """What was planned, shown and approved, as it was frozen then.

        :return: dict of JSON values
        """
        self.ensure_one()
        return {
            "reversal": self.name,
            "document": self.root_name,
            "scope": self.scope,
            "reason": self.reason_id.name,
            "note": self.note or "",
            "requested_by": self.requester_id.name,
            "approved_by": self.approver_id.name or "",
            "approved_on": str(self.approved_on or ""),
            "done_on": str(self.done_on or ""),
            "fingerprint": self.fingerprint or "",
            "documents": (self.fingerprint_data or {}).get("documents", {}),
            "steps": [
                {
                    "operation": step.operation,
                    "document": step.res_name,
                    "outcome": step.outcome or "",
                    "why": step.why or "",
                    "amount": step.amount,
                    "currency": step.currency_id.name or "",
                    "result": step.result_name or "",
                }
                for step in self.step_ids
            ],
            "findings": [
                {
                    "severity": finding.severity,
                    "code": finding.code,
                    "message": finding.message,
                }
                for finding in self.finding_ids
            ],
        }

    def _render_voucher(self):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "erp_order_reversal.report_voucher", self.ids
        )
        return html

    def _get_evidence_of_log(self):
        """The rows from the first of this reversal to a head that covers its last.

        Others' rows in between by their hashes alone.
        """
        log = self.env["order.reversal.log"]
        own = self.log_ids
        heads = self.env["order.reversal.head"]
        numbers = [row.number for row in own if row.number]
        if not numbers:
            return {
                "log.jsonl": bundle.lines(
                    log._get_proof_rows(self.company_id, shown=set(own.ids))
                ),
                "heads.jsonl": b"",
            }
        # sudo: heads hold nothing but hashes.
        head = heads.sudo().search(
            [("company_id", "=", self.company_id.id), ("rows", ">=", max(numbers))],
            order="id",
            limit=1,
        ) or heads._make_if_grown(self.company_id)
        return {
            "log.jsonl": bundle.lines(
                log._get_proof_rows(
                    self.company_id,
                    first=min(numbers),
                    last=head.rows or None,
                    shown=set(own.ids),
                )
            ),
            "heads.jsonl": bundle.lines(one._get_signed() for one in head),
        }

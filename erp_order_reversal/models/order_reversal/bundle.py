import logging

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ...checks import check_one
from ...proof import bundle, verify_log

_logger = logging.getLogger(__name__)


class OrderReversal(models.Model):
    """All that shows what was done when, in one file that checks itself."""

    _inherit = "order.reversal"

    shown = fields.Json(
        readonly=True,
        copy=False,
        help="What a second person was shown when the approval was asked for.",
    )

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
            **self._render_voucher(),
        }
        image = self._get_evidence_image()
        if image:
            members[f"images/{self.id}.json"] = image
            for file in self.file_ids.filtered("kept"):
                if content := file._get_content():
                    members[f"files/{file.sha256}"] = content
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
        """The image as it is stored, or b"" where the user may not see all of it.

        An older one, which holds secrets, is given by nobody: without them its hash
        would not be right.
        """
        image = self._snapshot()
        try:
            self._check_image_readable(image)
        except AccessError:
            return b""
        if not image or self._drop_secrets(image.get("tables", {})):
            return b""
        return self._get_image_text().encode()

    def _store_shown(self):
        """Keep what the approver is shown; what really came takes its place later."""
        for reversal in self:
            plan = reversal._get_frozen_plan()
            impact = reversal.impact or {}
            self._engine_env(reversal).shown = verify_log.normalise(
                {
                    "steps": plan["steps"],
                    "findings": plan["findings"],
                    "effects": [
                        {
                            "document": effect.res_name,
                            "before": effect.before or "",
                            "after": effect.after or "",
                        }
                        for effect in reversal.effect_ids
                    ],
                    "rows": impact.get("rows", []),
                    "positions": impact.get("positions", []),
                }
            )

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
            "shown_for_approval": self.shown or {},
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
        """The voucher as PDF, or as HTML where the server can't make a PDF.

        :return: {name of the file: bytes}
        """
        reports = self.env["ir.actions.report"]
        name = "erp_order_reversal.report_voucher"
        if reports.get_wkhtmltopdf_state() in ("ok", "upgrade"):
            try:
                # In a test the host gives HTML for a PDF.
                content, kind = reports._render_qweb_pdf(name, self.ids)
                return {f"voucher.{kind}": content}
            except UserError:
                _logger.warning("The voucher can't be made as PDF", exc_info=True)
        html, _kind = reports._render_qweb_html(name, self.ids)
        return {"voucher.html": html}

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

import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...checks import check_records
from ...proof import bundle


class OrderReversalLog(models.Model):
    """The log as a file that can be checked without this database."""

    _inherit = "order.reversal.log"

    def action_export_proof(self):
        """Export the whole log of the company, with signed heads and a verifier.

        :raise AccessError: neither auditor nor reversal manager
        :return: an action that downloads the ZIP file
        """
        check_records(self)
        self._check_may_export()
        company = self.env.company
        head = self.env["order.reversal.head"]._make_if_grown(company)
        # sudo: heads hold nothing but hashes of the log that is exported.
        heads = head.sudo().search([("company_id", "=", company.id)], order="id")
        return self._download_proof(
            f"audit-log-{company.id}.zip",
            self.env._("The audit log of %s", company.name),
            {"kind": "log"},
            {
                "log.jsonl": bundle.lines(self._get_proof_rows(company)),
                "heads.jsonl": bundle.lines(head._get_signed() for head in heads),
            },
        )

    def _check_may_export(self):
        user = self.env.user
        if not (
            user.has_group("erp_order_reversal.group_reversal_auditor")
            or user.has_group("erp_order_reversal.group_reversal_manager")
        ):
            raise AccessError(
                self.env._(
                    "Only auditors and reversal managers may export the audit log. Ask "
                    "one of them."
                )
            )

    @api.model
    def _download_proof(self, name, title, values, members, reversal=None):
        """Pack, record, and download.

        :param str name: of the ZIP file
        :param str title: what it is
        :param dict values: of its index
        :param dict members: {name: bytes}
        :param reversal: `order.reversal`, where it is about one alone
        :return: an action
        """
        company = reversal.company_id if reversal else self.env.company
        content = bundle.build(
            name,
            title,
            {
                "company": company.id,
                "company_name": company.name,
                "database": self._get_database(),
                "made_by": self.env.user.name,
                "made_on": fields.Datetime.to_string(fields.Datetime.now()),
                **values,
            },
            members,
            self.env["order.reversal.head"]._get_signer(),
        )
        entry = {
            "event": "exported",
            "company": company,
            "detail": {"file": name, "sha256": hashlib.sha256(content).hexdigest()},
        }
        if reversal:
            entry |= {"reversal": reversal, "record": reversal}
        self._record([entry])
        return self.env["order.reversal.export"]._download(name, content)

    @api.model
    def _get_proof_rows(self, company, first=1, last=None, shown=None):
        """The rows of a chain as the verifier reads them.

        :param int first: number of the first row
        :param int last: number of the last row, by default that of the chain
        :param set shown: ids of the rows whose content is given, by default all
        """
        self.env.flush_all()
        for number, row in enumerate(self._read_chain(company.id), start=1):
            if number < first:
                continue
            if last and number > last:
                return
            yield {
                "id": row["id"],
                "number": number,
                "hash": row["hash"],
                "previous_hash": row["previous_hash"],
                "content_hash": row["content_hash"],
                "content": self._get_content(row)
                if shown is None or row["id"] in shown
                else None,
            }

import contextlib
import json
import logging
import os
from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError

from ...checks import check_one, check_records
from ...proof import verify_log

_logger = logging.getLogger(__name__)
# So many rows of before the last head are checked again each day.
ROWS_A_DAY = 50_000


class OrderReversalHead(models.Model):
    """Where heads go: out of reach of whoever owns the database."""

    _inherit = "order.reversal.head"

    @api.model
    def _cron_sign(self):
        """Sign the end of each company's log, once a day, if it has grown.

        And check again a part of what was signed before, so that each row has its turn.
        """
        companies = self.env["res.company"].search([])
        log = self.env["order.reversal.log"]
        for done, company in enumerate(companies, start=1):
            self._make_if_grown(company)
            if broken := log._verify_part(company, ROWS_A_DAY):
                self._tell_broken(company, broken)
            left = len(companies) - done
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break

    @api.model
    def _make_if_grown(self, company):
        """The head that covers the end of a company's log, new or not.

        A chain that is not whole is not signed: a head says that it was.
        """
        # sudo: the chain is the addon's own, whatever of it the caller may read.
        log = self.env["order.reversal.log"].sudo()
        last = log.search([("company_id", "=", company.id)], order="id desc", limit=1)
        # sudo: as `_make`; heads hold nothing but the end of the chain.
        known = self.sudo().search(
            [("company_id", "=", company.id), ("row_id", "=", last.id)], limit=1
        )
        if not known and last and self._get_signer():
            result = log.verify_chain(company)
            if not result["intact"]:
                self._tell_broken(company, result["first_broken"])
                return self.browse()
        return known.sudo(False) or self._make(company)

    @api.model
    def _tell_broken(self, company, row_id):
        """A row of the log was changed, or is missing: whoever can act has to know."""
        _logger.error(
            "The audit log of %s is not as it was recorded, from row %s on",
            company.name,
            row_id,
        )
        # sudo: as in `_make_if_grown`.
        log = self.env["order.reversal.log"].sudo()
        row = log.search(
            [("company_id", "=", company.id), ("id", "=", row_id)], limit=1
        )
        # sudo: the chain is the addon's own, whatever of it the caller may read.
        reversal = row.reversal_id or self.env["order.reversal"].sudo().search(
            [("company_id", "=", company.id), ("log_row", "!=", False)],
            order="id desc",
            limit=1,
        )
        if reversal:
            reversal._warn_managers(
                lambda reader: self.with_env(reader.env)._get_broken_text(company)
            )

    @api.model
    def _get_broken_text(self, company):
        return self.env._(
            "The audit log of %s was changed after it was recorded, or rows of it are "
            "missing. Export it with proof: the verifier in the file says which ones.",
            company.name,
        )

    def action_sign(self):
        """Sign the end of the log of the companies that are switched on, now.

        :raise AccessError: neither auditor nor reversal manager
        :raise UserError: there is no key yet
        :return: an action that shows the heads
        """
        check_records(self)
        self.env["order.reversal.log"]._check_may_export()
        if not self._get_signer():
            raise UserError(
                self.env._(
                    "There is no signing key yet. A reversal manager can make one: "
                    "Reversals, Reporting, Signed Heads."
                )
            )
        for company in self.env.companies:
            # sudo: whether there are rows, as in `_make_if_grown`.
            grown = self.env["order.reversal.log"].sudo()
            if not self._make_if_grown(company) and grown.search(
                [("company_id", "=", company.id)], limit=1
            ):
                raise UserError(self._get_broken_text(company))
        return self.env["ir.actions.act_window"]._for_xml_id(
            "erp_order_reversal.order_reversal_head_action"
        )

    def action_download(self):
        """Download one head as a file, to keep it outside."""
        check_one(self)
        self.check_access("read")
        return self.env["order.reversal.export"]._download(
            self._get_file_name(json.loads(self.body)),
            verify_log.canonical(self._get_signed()).encode(),
        )

    @api.model
    def _get_file_name(self, values):
        day = values["made_on"][:10]
        return f"head-{values['company']}-{day}-{values['rows']}.json"

    @api.model
    def _deliver(self, company, signed):
        """Take a head to the places that the company chose.

        :param dict signed: body, public key and signature
        :return: str, where it went and where it could not go
        """
        # sudo: where heads go is the company's setting, not the user's.
        company = company.sudo()
        name = self._get_file_name(json.loads(signed["body"]))
        text = verify_log.canonical(signed)
        places = []
        if company.reversal_head_folder:
            places.append(self._write_file(company.reversal_head_folder, name, text))
        if company.reversal_head_email:
            places.append(self._send_mail(company, name, text))
        return ", ".join(places) or False

    @api.model
    def _write_file(self, folder, name, text):
        path = Path(folder) / name
        # Never over another one, and never through a link.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            with (
                contextlib.suppress(FileExistsError),
                os.fdopen(os.open(path, flags, 0o640), "w") as stream,
            ):
                stream.write(text)
        except OSError as error:
            _logger.warning("The head %s can't be written: %s", path, error)
            return self.env._("not to %(path)s: %(error)s", path=path, error=error)
        return str(path)

    @api.model
    def _send_mail(self, company, name, text):
        # sudo: a mail with a signed head, to the address that the company chose.
        self.env["mail.mail"].sudo().create(
            {
                "subject": self.env._("Audit log of %s: signed head", company.name),
                "body_html": self.env._(
                    "Keep this file where the owner of the database can't change it."
                ),
                "email_to": company.reversal_head_email,
                "email_from": company.email_formatted,
                "attachment_ids": [
                    (
                        0,
                        0,
                        {
                            "name": name,
                            "raw": text.encode(),
                            "mimetype": "application/json",
                        },
                    )
                ],
            }
        )
        return company.reversal_head_email

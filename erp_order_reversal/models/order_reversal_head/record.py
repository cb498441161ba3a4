import json
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...checks import check_records
from ...proof import signing, verify_log

_logger = logging.getLogger(__name__)


class OrderReversalHead(models.Model):
    """How many rows a company's log had, and the hash of the last one: signed.

    Who owns the database can compute the whole chain anew, but sign no head, as the key
    is not in it. A head that was sent out shows what was cut off or made anew since.
    """

    _name = "order.reversal.head"
    _inherit = ["order.reversal.append.only.mixin"]
    _description = "Signed Head of the Audit Log"
    _order = "id desc"
    _rec_name = "made_on"
    _log_access = False
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    made_on = fields.Datetime(required=True, readonly=True)
    rows = fields.Integer(readonly=True, aggregator=False)
    row_id = fields.Integer("Last Row", readonly=True, aggregator=False)
    row_hash = fields.Char("Hash of the Last Row", readonly=True)
    body = fields.Char(required=True, readonly=True, help="What is signed.")
    public_key = fields.Char(readonly=True)
    signature = fields.Char(readonly=True)
    delivery = fields.Char("Sent to", readonly=True)

    def init(self):
        """Refuse changes in the database, too, as of the log itself."""
        self.env.cr.execute(
            """
            DROP TRIGGER IF EXISTS order_reversal_head_append_only
                ON order_reversal_head;
            CREATE TRIGGER order_reversal_head_append_only
                BEFORE UPDATE OR DELETE ON order_reversal_head
                FOR EACH ROW EXECUTE FUNCTION order_reversal_log_refuse();
            """
        )

    def _refusal(self):
        return self.env["order.reversal.log"]._refusal()

    # ------------------------------------------------------------------
    # The key
    # ------------------------------------------------------------------

    @api.model
    def _get_signer(self):
        """:return: `Signer`, or None where there is no key that can be read"""
        try:
            return signing.load()
        except (OSError, ValueError):
            _logger.exception("The signing key can't be read")
            return None

    def action_create_key(self):
        """Make the key that signs from now on, on the server and not in the database.

        :raise AccessError: no reversal manager
        :raise UserError: there is one already
        :return: a notification with the public key, to be published
        """
        check_records(self)
        self._check_manager()
        if known := self._get_signer():
            raise UserError(
                self.env._(
                    "There is a key already (%s): with another one, nobody could tell "
                    "which heads are yours. The server's administrator can replace it.",
                    known.public_key,
                )
            )
        try:
            signer = signing.create()
        except OSError as error:
            raise UserError(
                self.env._(
                    "The server can't write the key to %(path)s (%(error)s). Ask its "
                    "administrator to set “order_reversal_signing_key” in the "
                    "configuration to a file that it can.",
                    path=signing.key_path(),
                    error=error.strerror,
                )
            ) from error
        self.env["order.reversal.log"]._record(
            [
                {
                    "event": "key",
                    "company": company,
                    "detail": {"public_key": signer.public_key},
                }
                for company in self.env.companies
            ]
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "sticky": True,
                "title": self.env._("Signing key made"),
                "message": self.env._(
                    "Publish this public key where others can't change it: %s",
                    signer.public_key,
                ),
            },
        }

    def _check_manager(self):
        if not self.env.user.has_group("erp_order_reversal.group_reversal_manager"):
            raise AccessError(
                self.env._(
                    "Only a reversal manager may do that. Ask one of the managers."
                )
            )

    # ------------------------------------------------------------------
    # Heads
    # ------------------------------------------------------------------

    @api.model
    def _make(self, company):
        """Sign where the log of a company ends now.

        :param company: `res.company`
        :return: the head, or none where there is no key or no row
        """
        signer = self._get_signer()
        # sudo: the end of the chain alone, of a company that the caller checked.
        log = self.env["order.reversal.log"].sudo()
        last = log.search([("company_id", "=", company.id)], order="id desc", limit=1)
        if not signer or not last.number:
            return self.browse()
        values = log._get_head_values(last)
        made_on = fields.Datetime.now()
        values["made_on"] = fields.Datetime.to_string(made_on)
        signed = signer.sign(verify_log.canonical(values))
        engine = self.env["order.reversal"]._engine_env(self)
        return engine.create(
            {
                "company_id": company.id,
                "made_on": made_on,
                "rows": last.number,
                "row_id": last.id,
                "row_hash": last.hash,
                "delivery": self._deliver(company, signed),
                **signed,
            }
        ).with_env(self.env)

    def _is_signed(self):
        """Whether a head says what was signed, with the key of this server."""
        self.ensure_one()
        signer = self._get_signer()
        body = json.loads(self.body)
        return (
            (body["rows"], body["row"], body["hash"])
            == (self.rows, self.row_id, self.row_hash)
            and (not signer or signer.public_key == self.public_key)
            and verify_log.signature_is_valid(
                self.public_key, self.signature, self.body.encode()
            )
        )

    def _get_signed(self):
        """The head as others check it: dict of body, public key and signature."""
        self.ensure_one()
        return {
            "body": self.body,
            "public_key": self.public_key,
            "signature": self.signature,
        }

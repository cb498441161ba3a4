import fcntl
import json
import logging
import os
from pathlib import Path

from odoo import SUPERUSER_ID, api, models, tools
from odoo.tools import SQL, config

from ...connection import second_cursor
from ...proof import verify_log

_logger = logging.getLogger(__name__)


class OrderReversalLog(models.Model):
    """Where each chain ended last, noted outside of the database.

    A chain can be cut at its end without a trace in what is left of it. So each
    commit notes the end of the chain in a file of the server's data directory, signed
    where there is a key. It is never ahead of the database: it is written after the
    commit, and a crash in between leaves it one behind.
    """

    _inherit = "order.reversal.log"

    def _anchor_later(self):
        """Note the new ends of these rows' chains, once they are committed."""
        postcommit = self.env.cr.postcommit
        if "order_reversal.companies" not in postcommit.data:
            registry = self.env.registry
            companies = postcommit.data["order_reversal.companies"] = set()
            postcommit.add(lambda: _anchor(registry, companies))
        postcommit.data["order_reversal.companies"].update(self.company_id.ids)

    def _write_anchors(self, company_ids):
        """Note where the chains of these companies end, as committed.

        :param company_ids: set of int
        """
        signer = self.env["order.reversal.head"]._get_signer()
        for company_id in company_ids:
            last = self.search(
                [("company_id", "=", company_id)], order="id desc", limit=1
            )
            if last.number:
                body = verify_log.canonical(self._get_head_values(last))
                anchor = signer.sign(body) if signer else {"body": body}
                _write_anchor(self._get_anchor_folder(), company_id, anchor)

    @api.model
    def _get_head_values(self, row):
        """What a head says of the chain that ends with a row.

        :return: dict of JSON values
        """
        return {
            "company": row.company_id.id,
            "database": self._get_database(),
            "hash": row.hash,
            "made_on": str(row.create_date),
            "row": row.id,
            "rows": row.number,
            "version": 1,
        }

    @api.model
    def _get_database(self):
        # sudo: the name of the database in exports, which is no secret.
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    @api.model
    @tools.ormcache()
    def _get_anchor_folder(self):
        """The folder of this database's anchors.

        By the number that the server gave it: a copy, or one that was made anew under
        the same name, has another history.
        """
        self.env.cr.execute(
            SQL("SELECT oid FROM pg_database WHERE datname = current_database()")
        )
        [oid] = self.env.cr.fetchone()
        name = f"{self.env.cr.dbname}-{oid}"
        return str(Path(config["data_dir"]) / "order_reversal" / name)

    @api.model
    def _get_known_heads(self, company_id):
        """Ends that the chain had before, by the anchor and by all signed heads.

        :return: {number of the row: (id, hash)}
        """
        # sudo: the ends of the chain alone, for a check that everybody may ask for.
        heads = self.env["order.reversal.head"].sudo()
        known = {
            head.rows: (head.row_id, head.row_hash)
            for head in heads.search([("company_id", "=", company_id)])
        }
        anchor = _read_anchor(Path(self._get_anchor_folder()) / f"{company_id}.json")
        if anchor:
            known[anchor["rows"]] = (anchor["row"], anchor["hash"])
        return known


def _read_anchor(path):
    """What an anchor says; None without one.

    One whose signature is wrong says that nothing is as it was: row 0 has no hash.
    """
    try:
        anchor = json.loads(path.read_text())
        body = json.loads(anchor["body"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return {"rows": 0, "row": -1, "hash": ""}
    if anchor.get("signature") and not verify_log.signature_is_valid(
        anchor["public_key"], anchor["signature"], anchor["body"].encode()
    ):
        return {"rows": 0, "row": -1, "hash": ""}
    return body


def _anchor(registry, companies):
    """After the commit, by what is committed: savepoints may have taken rows back."""
    try:
        with second_cursor(registry) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["order.reversal.log"]._write_anchors(companies)
    except Exception:  # the work is done; the next commit notes the end again
        _logger.exception("The end of the audit log could not be noted")


def _write_anchor(folder, company_id, anchor):
    """Write the end of a chain, unless somebody wrote a later one.

    :param str folder: of the database
    :param dict anchor: with "body", canonical JSON
    """
    os.makedirs(folder, mode=0o700, exist_ok=True)
    path = Path(folder) / f"{company_id}.json"
    with open(f"{path}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = _read_anchor(path)
        if known and known["rows"] > json.loads(anchor["body"])["rows"]:
            return
        new = Path(f"{path}.new")
        new.write_text(verify_log.canonical(anchor))
        new.replace(path)

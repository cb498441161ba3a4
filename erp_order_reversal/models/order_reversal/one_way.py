import logging

from odoo import models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...exceptions import retried_conflicts
from .rehearse import FORMAL

_logger = logging.getLogger(__name__)


class OrderReversal(models.Model):
    """What makes a reversal one-way is said before it, not when it is wanted back.

    A rehearsal tries the restore, too, in the same savepoint: whatever would refuse it
    though nobody changed anything since, now or of any addon, is found that way.
    """

    _inherit = "order.reversal"

    def _try_out(self, tried, langs):
        """Override to try the way back, once the books have been read."""
        result = super()._try_out(tried, langs)
        if self._get_rehearsal().way_back and not self.restores_id:
            known = {found["code"] for found in tried["findings"]}
            if "one_way" not in known and (reason := self._find_one_way()):
                tried["findings"].append(self._get_one_way_finding(reason))
        return result

    def _find_one_way(self):
        """Why what was just tried out could not be restored, even now.

        :return: str, empty if it could be
        """
        try:
            with self.env.cr.savepoint():
                # sudo: what a manager would do; all of it is rolled back.
                return self.sudo()._try_restore()
        # The host tries the whole request again, as with any other one.
        except (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError):
            raise
        except UserError as error:
            return str(error)
        except Exception as error:
            # Whatever it is, it would stop the real one, too.
            _logger.warning("Rehearsal of a restore failed", exc_info=error)
            return str(error) or type(error).__name__

    @retried_conflicts()
    def _try_restore(self):
        """Restore it, which counts as done, as if it were asked for the moment after.

        :return: str, what stands against it
        """
        reason = self._get_restore_reason()
        if not reason.active:
            reason = reason._create_placeholder()
        names = [*self._root_fields, "company_id", "scope"]
        values = self._convert_to_write({name: self[name] for name in names})
        values |= {"reason_id": reason.id, "restores_id": self.id, "date": self.date}
        restore = self.browse(self._engine_env(self).create(values).id)
        [plan] = restore._assess()
        # whoever asks for it then explains it, and chooses among the reasons of then
        stands = [found for found in plan.blockers if found["code"] not in FORMAL]
        if stands:
            return " ".join(found["message"] for found in stands)
        matches = restore._take_snapshot()
        restore._run_operations()
        self.env.flush_all()
        return " ".join(restore._find_problems(fresh=True, matches=matches))

    def _get_one_way_finding(self, reason):
        """:return: a finding, as `rehearse` tells it"""
        root = self._get_root()
        return {
            "severity": "warning",
            "code": "one_way",
            "message": self._get_one_way_text(reason),
            "remedy": self._get_next_of_one_way(),
            "who": "",
            "res_model": root._name,
            "res_id": root.id,
            "res_name": self.root_name,
        }

    def _get_one_way_text(self, reason):
        return self.env._(
            "Once it is carried out, it can't be restored any more: %s", reason
        )

    def _get_next_of_one_way(self):
        return self.env._(
            "Go on if you won't want it back. Otherwise choose another method or "
            "scope; afterwards it can only be settled by hand."
        )

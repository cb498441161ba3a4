"""Calls by real JSON-RPC with a real login, that leave nothing behind."""

from odoo.exceptions import AccessDenied, UserError
from odoo.service.model import call_kw
from odoo.tests import JsonRpcException
from odoo.tools import mute_logger

ROLES = ("clerk", "requester", "approver", "manager", "auditor", "outsider")
#: What the server answers to who may not, or to a call that is wrong.
REFUSALS = (UserError, AccessDenied, AttributeError)


class RpcMixin:
    """For test cases that have a user for each of `ROLES`."""

    def _rpc(self, role, model, method, *args, **kwargs):
        """Call a method as the web client does; raises what the server raises."""
        user = getattr(type(self), role) if isinstance(role, str) else role
        self.authenticate(user.login, user.login)
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {
                "model": model,
                "method": method,
                "args": list(args),
                "kwargs": {"context": {"allowed_company_ids": self.company.ids}}
                | kwargs,
            },
        )

    def _may(self, role, model, method, *args, **kwargs):
        """Whether the call passes over HTTP; either way it leaves nothing behind."""
        return self._passes(self._rpc, role, model, method, *args, **kwargs)

    def _passes(self, call, role, model, method, *args, **kwargs):
        with self.cr.savepoint() as savepoint:
            try:
                call(role, model, method, *args, **kwargs)
                return True
            except (JsonRpcException, *REFUSALS):
                return False
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def _call(self, role, model, method, *args, **kwargs):
        """What the server does with such a call, without the way over HTTP."""
        user = getattr(type(self), role) if isinstance(role, str) else role
        context = {"allowed_company_ids": self.company.ids}
        env = self.env(user=user, su=False, context=context)
        result = call_kw(env[model], method, list(args), kwargs)
        env.flush_all()
        return result

    def _matrix(self, expected, model, method, *args):
        """Exactly these of `ROLES` may call it.

        Each role in the server itself; one who may and one who may not by real JSON-RPC
        with a real login, too.
        """
        call = (model, method, *args)
        with mute_logger("odoo.http", "odoo.sql_db"):
            found = {role for role in ROLES if self._passes(self._call, role, *call)}
            self.assertEqual(found, set(expected), f"{model}.{method}")
            for roles in (found, set(ROLES) - found):
                for role in sorted(roles)[:1]:
                    self.assertEqual(
                        self._may(role, *call),
                        role in found,
                        f"{model}.{method} by {role} over HTTP",
                    )

"""Calls by real JSON-RPC with a real login, that leave nothing behind."""

from odoo.tests import JsonRpcException
from odoo.tools import mute_logger

ROLES = ("clerk", "requester", "approver", "manager", "auditor", "outsider")


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
        """Whether the call passes; either way it leaves nothing behind."""
        with self.cr.savepoint() as savepoint:
            try:
                self._rpc(role, model, method, *args, **kwargs)
                return True
            except JsonRpcException:
                return False
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def _matrix(self, expected, model, method, *args):
        with mute_logger("odoo.http", "odoo.sql_db"):
            found = {role for role in ROLES if self._may(role, model, method, *args)}
        self.assertEqual(found, set(expected), f"{model}.{method}")

"""What a class of tests sets up, committed once a process for all that set up alike."""

import functools

from odoo.models import BaseModel

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.base.tests.common import BaseCommon

#: Ids of what was committed under a name that only one may have.
_users, _companies = set(), set()


@functools.cache
def set_up(case):
    """Let a class set up as it does, and commit what it made.

    :param case: class, with `keeps` false it makes everything itself
    :return: {name of an attribute: its value}, of a closed cursor
    """
    builder = type(f"{case.__name__}Kept", (case,), {"keeps": False})
    declared = set(vars(builder))
    builder.setUpClass()
    try:
        # the host forbids it to a test, and patches the cursor for that
        type(builder.cr).commit(builder.cr)
        made = vars(builder).items()
        values = {name: value for name, value in made if name not in declared}
        _companies.add(builder.company.id)
        for value in values.values():
            if isinstance(value, BaseModel) and value._name == "res.users":
                _users.update(value._ids)
        return values
    finally:
        builder.doClassCleanups()


def step_aside(env):
    """Let a class make a company of its own, where another one is committed."""
    for user in env["res.users"].browse(_users):
        user.write({"login": f"{user.login}_kept", "active": False})
    for company in env["res.company"].browse(_companies):
        company.name = f"{company.name}_kept"


def is_known(case):
    """Whether nothing but the host's own classes sets up below a class.

    :param case: class, that inherits `AccountTestInvoicingCommon`
    """
    mro = case.mro()
    first, last = mro.index(AccountTestInvoicingCommon), mro.index(BaseCommon)
    known = AccountTestInvoicingCommon.mro()
    return mro[first : last + 1] == known[: known.index(BaseCommon) + 1]


def rebind(case, values):
    """Give a class what another one has set up, in its own transaction.

    :param case: class, with an environment
    :param dict values: see `set_up`
    """
    env = case.env
    for name, value in values.items():
        if name == "env" or name not in vars(case):
            setattr(case, name, _in_transaction(value, env))


def _in_transaction(value, env):
    if isinstance(value, BaseModel):
        return _in_transaction(value.env, env)[value._name].browse(value._ids)
    if isinstance(value, type(env)):
        return env(user=value.uid, su=value.su, context=value.context)
    if isinstance(value, dict):
        return {key: _in_transaction(each, env) for key, each in value.items()}
    return value

from contextlib import contextmanager

from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY


class ReversalGuardError(UserError):
    """A host's own way that is closed for settled documents, with the way out.

    The arguments are those of `odoo.exceptions.RedirectWarning`, and the web client
    shows it the same way; as a `UserError`, whoever handles refusals handles it.

    :param str message: which rule, which document
    :param int action_id: the action that opens a reversal
    :param str button_text: text of the button
    :param dict additional_context: context of the action
    """

    def __init__(self, message, action_id, button_text, additional_context=None):
        super().__init__(message)
        self.args = (message, action_id, button_text, additional_context or {})

    def __str__(self):
        return self.args[0]


class DocumentsBusyError(UserError):
    """Somebody else is changing a document; later it may be free.

    :param str message: which documents
    :param dict waiting: {id of a reversal: which of its documents, as a sentence}
    """

    def __init__(self, message, waiting=None):
        super().__init__(message)
        self.waiting = waiting or {}


class IncompleteOperationError(TypeError):
    """An addon brings an operation without its check or its inverse.

    Raised when the registry loads, not when a customer restores.
    """


@contextmanager
def retried_conflicts():
    """Raise a conflict as such, where the host made a refusal of it.

    It does so of whatever fails while it renders a note (`mail.render.mixin`). What
    others got in the way of is tried again, by the host or by the next chunk; nobody is
    told that a template could not be rendered, and no reversal of a batch fails by it.

    :raise psycopg2.Error: of `PG_CONCURRENCY_EXCEPTIONS_TO_RETRY`
    """
    try:
        yield
    except Exception as error:
        cause = error
        while cause := cause.__cause__:
            if isinstance(cause, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                raise cause from None
        raise

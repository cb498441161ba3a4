from contextlib import contextmanager

from psycopg2.errors import InFailedSqlTransaction

from odoo.exceptions import ConcurrencyError, UserError
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
def retried_conflicts(ignored=False):
    """Raise a conflict as such, where the host made something else of it.

    It makes a refusal of whatever fails while it renders a note (`mail.render.mixin`),
    and ignores whatever fails while it looks for the one to subscribe (`mail.thread`),
    so that the next statement meets an aborted transaction. What others got in the way
    of is tried again, by the host or by a later chunk of a batch. Nobody is told that a
    template could not be rendered.

    :param bool ignored: have an aborted transaction tried again, too: a rehearsal tells
        it, as the error may have been another one
    :raise psycopg2.Error: of `PG_CONCURRENCY_EXCEPTIONS_TO_RETRY`
    :raise ConcurrencyError: the transaction was aborted before
    """
    try:
        yield
    except Exception as error:
        cause = error
        while cause := cause.__cause__:
            if isinstance(cause, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                raise cause from None
        if ignored and isinstance(error, InFailedSqlTransaction):
            raise ConcurrencyError(str(error)) from error
        raise

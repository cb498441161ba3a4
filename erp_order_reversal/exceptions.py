from odoo.exceptions import UserError


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

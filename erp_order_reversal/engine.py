"""What only the addon itself can hold.

An object in the context can't be sent over RPC: whoever has it there is this addon.
"""

ENGINE = object()


class Choices(dict):
    """Methods chosen for single documents: {(model, id): {field: method}}."""


class Rehearsal:
    """That a plan is only tried out, and what is tried at the moment."""

    def __init__(self):
        # The steps that are carried out right now: whatever raises belongs to them.
        self.steps = None
        # Whether all is carried out and its result is checked.
        self.checking = False
        # Of many: {id: the finding that refused it}, {id: what became of the books},
        # and the ids of those that somebody has to approve.
        self.refused = {}
        self.rows = {}
        self.waiting = set()

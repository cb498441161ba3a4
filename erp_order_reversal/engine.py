"""What only the addon itself can hold.

An object in the context can't be sent over RPC: whoever has it there is this addon.
"""

ENGINE = object()


class Choices(dict):
    """Methods chosen for single documents: {(model, id): {field: method}}."""


class Shown:
    """What the dialog shows by now, within one call of the web client."""

    def __init__(self):
        # What was asked for when it was planned, see `order.reversal._get_asked`.
        self.asked = None


class Rehearsal:
    """That a plan is only tried out, and what is tried at the moment."""

    def __init__(self):
        # The steps that are carried out right now: whatever raises belongs to them.
        self.steps = None
        # Whether all is carried out and its result is checked.
        self.checking = False

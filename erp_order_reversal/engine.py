"""What only the addon itself can hold.

An object in the context can't be sent over RPC: whoever has it there is this addon.
"""

ENGINE = object()


class Choices(dict):
    """Methods chosen for single documents: {(model, id): {field: method}}."""


class Entries:
    """The entries whose matches are unlinked, for what is read once they are."""

    def __init__(self, ids):
        self.ids = ids


class Notes:
    """Notes in the chatter that are written together."""

    KEY = "erp_order_reversal.notes"

    def __init__(self, tracked=()):
        # {who writes them: (mail.thread, values of the messages)}, as the host would
        # create them.
        self.values = {}
        # What the host tracked so far, by a key for each model.
        self.tracked = tracked

    @classmethod
    def expect(cls, env):
        """Gather what the host tracks until this transaction is written."""
        data = env.cr.precommit.data
        data.setdefault(cls.KEY, cls(data))

    @classmethod
    def expected(cls, env):
        """:return: Notes, or None where no reversal was carried out"""
        return env.cr.precommit.data.get(cls.KEY)


class Shown:
    """What the dialog shows by now, within one call of the web client."""

    def __init__(self):
        # What was asked for when it was planned, see `order.reversal._get_asked`.
        self.asked = None


class Rehearsal:
    """That a plan is only tried out, and what is tried at the moment."""

    def __init__(self, way_back=False):
        # Whether the restore is tried, too, once all is carried out.
        self.way_back = way_back
        # The steps that are carried out right now: whatever raises belongs to them.
        self.steps = None
        # Whether all is carried out and its result is checked.
        self.checking = False
        # Of many: {id: the finding that refused it}, {id: what became of the books},
        # and the ids of those that somebody has to approve.
        self.refused = {}
        self.rows = {}
        self.waiting = set()
        # {(model, id) of a sequence: the number that would come next}
        self._numbers = {}

    def draw(self, sequence, increment):
        """The next number of a sequence, without taking it from the database.

        :param sequence: `ir.sequence`, or its `ir.sequence.date_range`
        :param int increment: from one number to the next
        :return: int
        """
        key = (sequence._name, sequence.id)
        if key not in self._numbers:
            # It is computed, and depends on nothing that would compute it again.
            sequence.invalidate_recordset(["number_next_actual"])
            # sudo: the number alone, as whoever draws one without reading sequences.
            self._numbers[key] = sequence.sudo().number_next_actual
        number = self._numbers[key]
        self._numbers[key] = number + increment
        return number

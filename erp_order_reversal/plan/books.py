"""What a check of the books has read beforehand, for all reversals at once."""


class Books:
    """Which documents and matches still exist.

    :param bool fresh: right after execution
    :param dict alive: {model: set of ids}
    :param dict matches: {id of a reversal: {id of a match: its row}}, before it was
        carried out; known right after it alone
    """

    def __init__(self, fresh=False, alive=None, matches=None):
        self.fresh = fresh
        self.alive = alive or {}
        self.matches = matches or {}

    def has(self, record):
        """Whether a document is still there.

        :return: bool
        """
        if record._name in self.alive:
            return record.id in self.alive[record._name]
        return bool(record.exists())

"""Peer comparison on the standard addons; `make cohabit` runs it beside others."""

from .extended import ExtendedMixin
from .peer.test_peer import TestPeer


class TestPeerBesideReversal(ExtendedMixin, TestPeer):
    """The same where an addon overrides the host's reversal: it is called then."""

    methods = ("_reverse_moves",)

    def setUp(self):
        super().setUp()
        self.called = self.pass_through("account.move", *self.methods)

    def by_reversal(self, invoice, **values):
        self.called.clear()
        credit = super().by_reversal(invoice, **values)
        self.assertEqual(set(self.called), set(self.methods))
        return credit


class TestPeerBesidePosting(TestPeerBesideReversal):
    """The same where it overrides how entries are posted."""

    methods = ("_post", "action_post")

"""Peer comparison on the standard addons; `make cohabit` runs it beside others."""

from .peer.test_peer import TestPeer  # noqa: F401

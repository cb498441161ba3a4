"""Orders invoiced otherwise than they are, and by another setup than today's."""

import pytest
from hypothesis import given, settings

from .generator import odd_setups
from .test_generated import EXAMPLES, GeneratedCase


@pytest.mark.fuzz
class TestGeneratedSetup(GeneratedCase):
    """Cash basis switched off, an invoice in another currency, open deposits."""

    @settings(max_examples=max(EXAMPLES // 4, 5))
    @given(shape=odd_setups)
    def test_properties(self, shape):
        self.check(shape)

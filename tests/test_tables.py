"""Tables of the addons, as who hears them read out needs them."""

from pathlib import Path

import pytest
from lxml import etree

REPO = Path(__file__).resolve().parent.parent
TABLES = [
    (path, table)
    for path in sorted(REPO.glob("erp_order_reversal*/**/*.xml"))
    for table in etree.parse(path).iter("table")
]


def test_there_are_some():
    assert len(TABLES) > 10


@pytest.mark.parametrize(
    "path,table",
    TABLES,
    ids=[f"{path.stem}-{table.sourceline}" for path, table in TABLES],
)
def test_a_caption_and_what_each_header_is_of(path, table):
    [caption] = table.iter("caption")
    assert caption.get("t-out") or caption.text.strip()
    for header in table.iter("th"):
        assert header.get("scope") in ("col", "row", "colgroup", "rowgroup")

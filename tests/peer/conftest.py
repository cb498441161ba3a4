"""Each country's own tests run on its database alone (`make cohabit`)."""

from pathlib import Path

from .countries import GROUP

collect_ignore = [
    path.name
    for path in Path(__file__).parent.glob("test_*.py")
    if path.stem not in ("test_order", "test_peer", f"test_{GROUP}")
]

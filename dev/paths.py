"""Where things live: the clone, and the state that is kept outside of it."""

import hashlib
import os
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
ADDON_PREFIX = "erp_order_reversal"
QUEUE_ADDON = f"{ADDON_PREFIX}_queue"


def _state_directory() -> Path:
    """Return the folder that holds host, Python, databases and logs.

    It may be shared by several clones.
    """
    chosen = os.environ.get("ERP_DEV_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache).absolute() / ADDON_PREFIX


STATE = _state_directory()
DATA = STATE / "data"
LOGS = STATE / "log"
#: Names of databases and settings of this clone start with this key.
CLONE_KEY = hashlib.sha256(str(REPO).encode()).hexdigest()[:8]
CLONE = STATE / "clones" / CLONE_KEY


def addons() -> list[str]:
    """Return the names of the addons in this clone, those depended on first."""
    found = REPO.glob(f"{ADDON_PREFIX}*/__manifest__.py")
    return sorted(path.parent.name for path in found)


def has_queue() -> bool:
    """Return whether this clone has the addon that depends on `queue_job`."""
    return QUEUE_ADDON in addons()


def digest(*parts: object) -> str:
    """Return a short, stable digest of the given parts."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]

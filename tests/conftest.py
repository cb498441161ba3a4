"""Settings for the whole of the tests."""

import contextlib
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
import pytest_odoo
from hypothesis import HealthCheck, Phase, settings

from odoo.tests.common import BaseCase
from odoo.tools import config

from . import figures

# The runner of the job queue belongs to a server of its own (`tests/live`), not in the
# process of the tests.
os.environ["ODOO_QUEUE_JOB_CHANNELS"] = "root:0"

# The host sets these only on test classes inside of an addon.
BaseCase.test_tags = frozenset({"standard", "post_install"})
BaseCase.test_module = "tests"


@contextlib.contextmanager
def _own_filestore(original, database):
    """Give a worker's database attachments of its own.

    pytest-odoo lets all workers share the original's. But the host collects garbage
    after each test class, and would remove what another worker has just written.
    """
    folder = Path(config["data_dir"]) / "filestore"
    if original == database or not (folder / original).is_dir():
        yield
        return
    shutil.rmtree(folder / database, ignore_errors=True)
    # the host never writes to a file in place, so links will do
    shutil.copytree(folder / original, folder / database, copy_function=os.link)
    try:
        yield
    finally:
        shutil.rmtree(folder / database, ignore_errors=True)


pytest_odoo._shared_filestore = _own_filestore


@pytest.fixture(autouse=True, scope="class")
def _own_anchors():
    """Forget, before each class, what the classes before it noted beside the database.

    Some of them commit, and put the tables back as they were: the anchors of the audit
    log would rightly say that its end was cut off.
    """
    name = config["db_name"]
    name = name if isinstance(name, str) else name[0]
    for folder in Path(config["data_dir"], "order_reversal").glob(f"{name}-[0-9]*"):
        shutil.rmtree(folder, ignore_errors=True)
    yield


def pytest_collection_modifyitems(items):
    """Begin with the classes that take longest, so that all workers end together.

    Last come those that commit, and so would be met by whatever comes later.
    """
    counts = Counter(item.cls for item in items)

    def key(item):
        marks = {mark.name for mark in item.iter_markers()}
        is_long = marks & {"long", "fuzz"}
        return "commits" in marks, not is_long, -counts[item.cls]

    items.sort(key=key)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call":
        figures.attach(report)
    return report


def pytest_terminal_summary(terminalreporter):
    figures.write(terminalreporter)


_COMMON = {
    "deadline": None,
    "print_blob": True,
    # examples share the transaction of their test: a savepoint each keeps them apart
    "suppress_health_check": [
        HealthCheck.differing_executors,
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
}
# Shrinking an order takes minutes: only `make fuzz` does it.
_QUICK = {"phases": [Phase.explicit, Phase.reuse, Phase.generate], **_COMMON}
# The same ones each time: a random one that fails belongs to `make fuzz`, not to CI.
settings.register_profile("dev", max_examples=5, derandomize=True, **_QUICK)
settings.register_profile("ci", max_examples=8, derandomize=True, **_QUICK)
# So many that they can be counted: a run of a seed and a number is told in the README.
_EXAMPLES = int(os.environ.get("ERP_FUZZ_EXAMPLES", "1000"))
settings.register_profile("fuzz", max_examples=_EXAMPLES, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

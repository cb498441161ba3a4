"""Run the host's own tests with the addons and without them, and compare."""

import re
from concurrent.futures import ThreadPoolExecutor

from . import browser, paths
from .database import Databases, run_copy
from .flavours import largest
from .shell import Missing, say
from .testing import free_port
from .workshop import Workshop, bring_up

#: Whose tests run. They are updated, so that the tests at installation run as well.
MODULES = ("sale", "account_payment", "sale_stock", "sale_management")
BARE, WITH = "bare host", "with the addons"
BAD = re.compile(r" (?:FAIL|ERROR): (?:Subtest )?(\w+\.\w+)")
RAN = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


def main(tags: str = "", update: bool = True) -> int:
    """Run both, side by side, and print the comparison as Markdown.

    :param str tags: what to run, as for the host's `--test-tags`; the tests of
        `MODULES` by default
    :param bool update: run the tests at installation as well
    :return: 1 if a test fails with the addons alone, else 0
    """
    workshop = bring_up(browser.require)
    databases = Databases(workshop)
    flavour = largest()
    sources = {BARE: databases.template(flavour), WITH: databases.built(flavour)}
    copies = {label: run_copy(databases, source) for label, source in sources.items()}
    tags = tags or ",".join(f"/{module}" for module in MODULES)
    say(f"Running the host's tests {tags}: many minutes. Logs: {paths.LOGS}")

    def work(label):
        return label, _run(workshop, copies[label], label, tags, update)

    try:
        with ThreadPoolExecutor(len(copies)) as pool:
            found = dict(pool.map(work, copies))
    finally:
        for database in copies.values():
            databases.drop(database)
    return _compare(found)


def _run(workshop: Workshop, database: str, label: str, tags: str, update: bool):
    """Return (number of tests, set of tests that failed)."""
    log = f"host-tests-{label.replace(' ', '-')}"
    arguments = ["-u", ",".join(MODULES)] if update else []
    workshop.odoo(
        "-c", workshop.config, "-d", database, *arguments, "--test-tags", tags,
        "--stop-after-init", "--http-port", free_port(), "--log-level=warn",
        "--log-handler=odoo.tests.stats:INFO", "--log-handler=odoo.tests.result:INFO",
        check=False, log=log,
    )  # fmt: skip
    text = (paths.LOGS / f"{log}.log").read_text(errors="replace")
    counts = [int(count) for _failed, _errors, count in RAN.findall(text)]
    if not counts:
        raise Missing(f"No tests ran: {paths.LOGS / log}.log")
    return sum(counts), set(BAD.findall(text))


def _compare(found: dict) -> int:
    (bare_count, bare), (count, bad) = found[BARE], found[WITH]
    print("| | tests | failed |\n|---|--:|--:|")
    print(f"| {BARE} | {bare_count} | {len(bare)} |")
    print(f"| {WITH} | {count} | {len(bad)} |")
    for name in sorted(bad | bare):
        where = [label for label in (BARE, WITH) if name in found[label][1]]
        print(f"- {name}: {' and '.join(where)}")
    new = bad - bare
    print(f"\nFailed with the addons alone: {', '.join(sorted(new)) or 'none'}")
    return int(bool(new))

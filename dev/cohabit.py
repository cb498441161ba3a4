"""Our addons beside groups of the host's others: installed, tried and uninstalled.

The groups stand in `cohabit.txt`. `tests/peer` runs on each of them and finds the
group's name in the environment (ERP_COHABIT_GROUP). What came of it is written into the
table of README.md.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from . import browser, cohabit_table, paths
from .database import NO_DEMO, WITH_DEMO, Databases, run_copy
from .flavours import APART
from .shell import Missing, step
from .testing import run_pytest
from .workshop import Workshop, bring_up

LIST = Path(__file__).resolve().parent / "cohabit.txt"
#: Addons by others that groups of the list name.
OTHERS = ("requirements-cohabit.txt",)
(PEER_TESTS,) = APART
TROUBLE = re.compile(r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) |^Traceback ", re.MULTILINE)
#: The tests of the main job, and those of them that restore; the others compare.
MAIN = f"{PEER_TESTS.replace('/', '.')}.test_order."
RESTORE = "test_restore"


@dataclass
class Group:
    """Addons of the host, what happened beside them, and how long it took."""

    name: str
    modules: list[str]
    ours: list[str] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0


def groups(known, text: str) -> Iterator[Group]:
    """Read the list.

    :param known: takes names of modules, returns those that the host has
    """
    for line in text.splitlines():
        name, _colon, names = line.partition("#")[0].partition(":")
        modules = known(names.split())
        if modules:
            yield Group(name.strip(), modules)


def main(chosen: list[str], listed: bool = False) -> int:
    """Go through the groups, print a table of them.

    :param list chosen: names of groups; none means all
    :param bool listed: print the names and stop there
    :return: 1 if something failed, else 0
    """
    workshop = bring_up(browser.require, addons=OTHERS)
    found = {
        group.name: group for group in groups(workshop.modules.known, LIST.read_text())
    }
    unknown = [name for name in chosen if name not in found]
    if unknown:
        raise Missing(f"Not in {LIST}, or not of this host: {', '.join(unknown)}")
    wanted = [found[name] for name in chosen or found]
    if listed:
        for group in wanted:
            print(f"{group.name:<14}{' '.join(group.modules)}")
        return 0
    cohabitation = Cohabitation(workshop)
    for group in wanted:
        cohabitation.go_through(group)
        table = cohabit_table.write([*found.values()], [group])
    _report(wanted, table)
    return int(any(group.failed for group in wanted))


def _report(wanted: list[Group], table: str) -> None:
    print(f"\n{table}")
    for group in wanted:
        print(f"\n{group.name}: {' '.join(group.ours)}")
        for text in group.failed:
            print(f"{group.name}: {text}")
    failed = sum(bool(group.failed) for group in wanted)
    print(f"\ntotal: {len(wanted) - failed} passed, {failed} failed", flush=True)


class Cohabitation:
    """Builds a database for a group, and tries our addons there."""

    def __init__(self, workshop: Workshop):
        self.workshop = workshop
        self.databases = Databases(workshop)

    def go_through(self, group: Group) -> None:
        """Do all with a group, and write down what came of it."""
        modules = self.workshop.modules
        present = modules.closure([*modules.of_flavour("base"), *group.modules])
        flavour = "full" if "sale_stock" in present else "base"
        present |= modules.closure(modules.of_flavour(flavour))
        group.ours = modules.ours(present)
        database = run_copy(
            self.databases,
            self.databases.template(flavour),
            f"eor_{paths.CLONE_KEY}_beside_{group.name}",
        )
        start = time.monotonic()
        try:
            with step(f"{group.name}: {', '.join([*group.modules, *group.ours])}"):
                self._stages(group, database)
        finally:
            group.seconds = time.monotonic() - start
            for name in self.databases.names(database):
                self.databases.drop(name)

    def _stages(self, group: Group, database: str) -> None:
        if not self._try(group, "host", self._install, database, group.modules, True):
            return
        # as in a company's own database: our demo data are not for it
        self.workshop.server.sql(NO_DEMO, database=database, check=True)
        if not self._try(group, "install", self._install, database, group.ours):
            return
        self._test(group, database)
        self._try(group, "uninstall", self._uninstall, database)

    def _try(self, group: Group, stage: str, function, *arguments) -> bool:
        """Carry out a stage, note how long it took; return whether all is well."""
        start = time.monotonic()
        outcome = "ok"
        try:
            function(self._log(group, stage), *arguments)
        except Missing as error:
            group.failed.append(f"{stage}: {error}")
            outcome = "FAILED"
        group.results[stage] = f"{outcome}, {time.monotonic() - start:.0f} s"
        return outcome == "ok"

    def _log(self, group: Group, stage: str) -> str:
        return f"beside-{paths.CLONE_KEY}-{group.name}-{stage}"

    def _install(
        self, log: str, database: str, modules: list[str], demo: bool = False
    ) -> None:
        arguments = [WITH_DEMO] if demo else []
        arguments += ["--stop-after-init", "--no-http"]
        self._odoo(log, "server", "-d", database, "-i", ",".join(modules), *arguments)
        absent = self.databases.not_installed(database, modules)
        if absent:
            raise Missing(f"Not installed: {', '.join(absent)}")

    def _uninstall(self, log: str, database: str) -> None:
        self._odoo(log, "module", "uninstall", paths.ADDON_PREFIX, "-d", database)
        query = f"""
            SELECT name FROM ir_module_module
             WHERE state != 'uninstalled' AND name LIKE '{paths.ADDON_PREFIX}%'
                UNION ALL
            SELECT model FROM ir_model WHERE model LIKE 'order.reversal%'
                UNION ALL
            SELECT tablename FROM pg_tables WHERE tablename LIKE 'order_reversal%'"""
        left = self.workshop.server.sql(query, database=database).split()
        if left:
            raise Missing(f"Left behind: {', '.join(left)}")

    def _odoo(self, log: str, *arguments: str) -> None:
        """Run the host's command line; an error in its log is a failure."""
        self.workshop.odoo(*arguments, "-c", self.workshop.config, log=log)
        path = paths.LOGS / f"{log}.log"
        text = path.read_text(errors="replace")
        found = TROUBLE.search(text)
        if found:
            raise Missing(f"{text[found.start() :][:2000]}\nLog: {path}")

    def _test(self, group: Group, database: str) -> None:
        """Run the tests, note what came of each stage, and how long its tests took."""
        log = self._log(group, "tests")
        variables = {"ERP_COHABIT_GROUP": group.name}
        arguments = [PEER_TESTS, "-n", "0"]
        code, cases = run_pytest(self.workshop, database, arguments, variables, log=log)
        stages = {stage: [] for stage in ("main job", "restore", "peer")}
        for case in cases:
            main = case.classname.startswith(MAIN)
            restores = main and case.name.startswith(RESTORE)
            stages["restore" if restores else "main job" if main else "peer"] += [case]
        for stage, of_stage in stages.items():
            counts = Counter(case.outcome for case in of_stage)
            text = [f"{count} {outcome}" for outcome, count in sorted(counts.items())]
            seconds = sum(case.seconds for case in of_stage)
            group.results[stage] = ", ".join([*text, f"{seconds:.0f} s"])
            wrong = [case.name for case in of_stage if case.outcome != "passed"]
            if wrong or not of_stage:
                path = paths.LOGS / f"{log}.log"
                names = ", ".join(wrong) or "no test"
                group.failed.append(f"{stage}: {names}. Log: {path}")
        if code and not group.failed:
            group.failed.append(f"tests: exit code {code}")

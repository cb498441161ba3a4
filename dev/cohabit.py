"""Our addons beside groups of the host's others: installed, tried and uninstalled.

The groups stand in `cohabit.txt`. `tests/peer`, where there is such a folder, runs on
each of them and finds the group's name in the environment (ERP_COHABIT_GROUP).
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from . import browser, paths
from .database import NO_DEMO, WITH_DEMO, Databases, run_copy
from .flavours import APART
from .shell import Missing, step
from .testing import run_pytest
from .workshop import Workshop, bring_up

LIST = Path(__file__).resolve().parent / "cohabit.txt"
(PEER_TESTS,) = APART
TROUBLE = re.compile(r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) |^Traceback ", re.MULTILINE)
MAIN = f"{PEER_TESTS}/test_order.py"
STAGES = ("host", "install", "main job, restore", "peer", "uninstall")
NOTHING = "-"


@dataclass
class Group:
    """Addons of the host, what happened beside them, and how long it took."""

    name: str
    modules: list[str]
    ours: list[str] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


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
    workshop = bring_up(*([browser.require] if _has_tests() else []))
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
    _report(wanted)
    return int(any(group.failed for group in wanted))


def _has_tests() -> bool:
    return any((paths.REPO / PEER_TESTS).glob("**/test_*.py"))


def _report(wanted: list[Group]) -> None:
    print(f"\n| group | addons of the host | ours | {' | '.join(STAGES)} |")
    print(f"|---|---|---|{'--:|' * len(STAGES)}")
    for group in wanted:
        cells = [group.name, " ".join(group.modules), " ".join(group.ours)]
        cells += [group.results.get(stage, NOTHING) for stage in STAGES]
        print(f"| {' | '.join(cells)} |")
    for group in wanted:
        for text in group.failed:
            print(f"\n{group.name}: {text}")
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
        try:
            with step(f"{group.name}: {', '.join([*group.modules, *group.ours])}"):
                self._stages(group, database)
        finally:
            for name in self.databases.names(database):
                self.databases.drop(name)

    def _stages(self, group: Group, database: str) -> None:
        if not self._try(group, "host", self._install, database, group.modules, True):
            return
        # as in a company's own database: our demo data are not for it
        self.workshop.server.sql(NO_DEMO, database=database, check=True)
        if not self._try(group, "install", self._install, database, group.ours):
            return
        if _has_tests():
            main, rest = [MAIN], [PEER_TESTS, f"--ignore={MAIN}"]
            self._try(group, "main job, restore", self._test, database, main, group)
            self._try(group, "peer", self._test, database, rest, group)
        self._try(group, "uninstall", self._uninstall, database)

    def _try(self, group: Group, stage: str, function, *arguments) -> bool:
        """Carry out a stage, note how long it took; return whether all is well."""
        start = time.monotonic()
        text, known = "", len(group.failed)
        try:
            log = f"beside-{paths.CLONE_KEY}-{group.name}-{stage.split()[0]}"
            text = function(log, *arguments)
        except Missing as error:
            group.failed.append(f"{stage}: {error}")
        seconds = f"{time.monotonic() - start:.0f} s"
        well = len(group.failed) == known
        outcome = text or ("ok" if well else "FAILED")
        group.results[stage] = f"{outcome}, {seconds}"
        return well

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

    def _test(self, log: str, database: str, files: list[str], group: Group) -> str:
        variables = {"ERP_COHABIT_GROUP": group.name}
        code, counts = run_pytest(
            self.workshop, database, [*files, "-n", "0"], variables, log=log
        )
        text = f"{counts['passed']} passed"
        if code or not counts["passed"]:
            path = paths.LOGS / f"{log}.log"
            raise Missing(f"{text}, {counts['failed']} failed. Log: {path}")
        return text

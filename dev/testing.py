"""Run the tests, each on its kind of database, over all cores."""

import contextlib
import os
import socket
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import browser, paths
from .database import Databases, run_copy
from .flavours import APART, FLAVOURS, flavour_of
from .shell import Missing, run, say
from .workshop import bring_up

NO_TESTS = 5
#: Joins are planned as they are written: of a few rows, the best plan takes longer to
#: find than another one to carry out.
PLANNER = "-c join_collapse_limit=1 -c from_collapse_limit=1"


@dataclass
class Case:
    """A test, and what came of it; it counts its subtests."""

    classname: str
    name: str
    #: passed, failed or skipped
    outcome: str
    seconds: float


def main(arguments: list[str], reuse: bool = False) -> int:
    """Run the tests; arguments go to pytest.

    :param list arguments: options and paths for pytest; without any, all suites
        must have tests
    :param bool reuse: don't rebuild the databases when the addons have changed
    """
    if not paths.addons():
        raise Missing(f"There is no addon {paths.ADDON_PREFIX}* in {paths.REPO}.")
    suites = _suites(arguments)
    workshop = bring_up(browser.require, browser.require_pdf)
    databases = Databases(workshop)
    options = [argument for argument in arguments if not _is_path(argument)]
    codes, totals = {}, Counter()
    # building takes one core: the next database while the tests run on the one before
    builder = ThreadPoolExecutor(1)
    sources = {name: builder.submit(databases.built, name, reuse) for name in suites}
    try:
        for flavour, targets in suites.items():
            source = sources[flavour].result()
            codes[flavour] = _run_suite(
                workshop, databases, flavour, source, [*targets, *options], totals
            )
    finally:
        builder.shutdown(cancel_futures=True)
    _report(totals)
    return _exit_code(codes, narrowed=bool(arguments))


def _is_path(argument: str) -> bool:
    name = argument.split("::")[0]
    return not argument.startswith("-") and (paths.REPO / name).exists()


def _suites(arguments: list[str]) -> dict[str, list[str]]:
    """Return what to run on which kind of database."""
    chosen = [os.path.normpath(path) for path in arguments if _is_path(path)]
    if chosen and "tests" not in chosen:
        suites = {}
        for path in chosen:
            for folder, command in APART.items():
                if f"{path}/".startswith(f"{folder}/"):
                    raise Missing(f"{folder} runs beside other addons: {command}")
            suites.setdefault(flavour_of(path), []).append(path)
        return suites
    folders = {name: flavour.tests for name, flavour in FLAVOURS.items()}
    suites = {}
    for flavour, folder in folders.items():
        inner = {*folders.values(), *APART} - {folder}
        ignored = [f"--ignore={path}" for path in inner if path.startswith(folder)]
        if folder and (paths.REPO / folder).is_dir():
            suites[flavour] = [folder, *sorted(ignored)]
    return suites


def _run_suite(workshop, databases, flavour, source, arguments, totals) -> int:
    """Run pytest on a copy of the database; each worker copies it once more."""
    database = run_copy(databases, source)
    say(f"Testing on the database {flavour}: {' '.join(arguments)}")
    profile = "ci" if os.environ.get("CI") else "dev"
    variables = {
        "HYPOTHESIS_PROFILE": os.environ.get("HYPOTHESIS_PROFILE", profile),
        "ERP_BARE_DATABASE": databases.template(flavour),
    }
    options = {"stdin": sys.stdin} if "--pdb" in arguments else {}
    arguments = [*_workers(arguments), *arguments]
    try:
        code, cases = run_pytest(workshop, database, arguments, variables, **options)
        totals.update(case.outcome for case in cases)
        return code
    finally:
        for name in databases.names(database):
            databases.drop(name)


def run_pytest(
    workshop, database: str, arguments: list[str], variables: dict, **options
) -> tuple[int, list[Case]]:
    """Run pytest on a database; return its exit code, and what came of each test.

    :param dict variables: of its environment
    """
    report = paths.LOGS / f"{database}.xml"
    command = [
        workshop.python, "-m", "pytest",
        f"--odoo-config={workshop.config}",
        f"--odoo-database={database}",
        "--odoo-log-level=warn",
        "--odoo-http",
        "-o", f"cache_dir={paths.CLONE / 'pytest'}",
        f"--junitxml={report}",
        "--durations=10",
        "--durations-min=2",
        *arguments,
    ]  # fmt: skip
    planner = f"{PLANNER} {os.environ.get('PGOPTIONS', '')}".strip()
    environment = workshop.environment(
        ERP_DISPOSABLE_DATABASE="1", PGOPTIONS=planner, **variables
    )
    try:
        result = run(*command, check=False, cwd=paths.REPO, env=environment, **options)
        return result.returncode, _read(report)
    finally:
        report.unlink(missing_ok=True)


def _workers(arguments: list[str]) -> list[str]:
    """Return pytest-xdist's options: a worker a core, whole classes to one worker.

    In the order in which tests/conftest.py puts them.
    """
    if {"--pdb", "-s", "-n", "--trace"} & set(arguments):
        return []
    workers = os.environ.get("ERP_TEST_WORKERS", _cores())
    return ["-n", workers, "--dist=loadscope", "--no-loadscope-reorder"]


def _cores() -> str:
    return str(min(len(os.sched_getaffinity(0)), 8))


def _read(report: Path) -> list[Case]:
    """Read the tests; the report also lists the subtests under a test's name."""
    cases = {}
    if not report.is_file():
        return []
    for element in ElementTree.parse(report).getroot().iter("testcase"):
        found = {child.tag for child in element}
        key = element.get("classname"), element.get("name")
        outcome = "skipped" if "skipped" in found else "passed"
        case = cases.setdefault(key, Case(*key, outcome, 0.0))
        case.seconds += float(element.get("time") or 0.0)
        if found & {"failure", "error"}:
            case.outcome = "failed"
    return [*cases.values()]


def _report(totals: Counter) -> None:
    keys = ("passed", "failed", "skipped")
    print("total:", ", ".join(f"{totals[key]} {key}" for key in keys), flush=True)


def _exit_code(codes: dict[str, int], narrowed: bool) -> int:
    """Return 0 if all is well; a suite without tests is well only when narrowed."""
    ran = [code for code in codes.values() if code != NO_TESTS]
    if any(ran):
        return next(code for code in ran if code)
    if not ran or (len(ran) < len(codes) and not narrowed):
        empty = [flavour for flavour, code in codes.items() if code == NO_TESTS]
        raise Missing(f"No tests were found for: {', '.join(empty)}.")
    return 0


def free_port(first: int = 0) -> int:
    """Return a free port of this machine: any, or the next from the first on."""
    for port in range(first, first + 200) if first else [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
    raise Missing(f"No port is free from {first} on.")

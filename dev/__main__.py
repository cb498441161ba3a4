"""Commands for developers: python3 -m dev COMMAND."""

import argparse
import os
import sys

from . import (
    browser,
    cohabit,
    demo,
    lint,
    paths,
    postgres,
    python,
    testing,
    translation,
)
from . import host_tests as comparison
from .database import Databases, run_copy
from .flavours import FLAVOURS, largest
from .shell import Missing, fail, run, say
from .workshop import bring_up


def setup(options) -> int:
    """Bring up host, server, browser, linters and databases; tests nothing."""
    workshop = bring_up(browser.require, browser.require_pdf, python.for_lint)
    databases = Databases(workshop)
    for flavour in dict.fromkeys(("base", "full", largest())):
        databases.built(flavour)
    say("Ready: make demo, make test")
    return 0


def test(options) -> int:
    """Run the tests; what follows goes to pytest."""
    return testing.main(options.arguments, options.reuse)


def fuzz(options) -> int:
    """Run the tests marked `fuzz` with many more examples."""
    os.environ.setdefault("HYPOTHESIS_PROFILE", "fuzz")
    os.environ["ERP_FUZZ_MINUTES"] = str(options.minutes)
    return testing.main(["-m", "fuzz", *options.arguments], options.reuse)


def faults(options) -> int:
    """Let every statement of every operation fail in every way."""
    os.environ.setdefault("ERP_FAULTS_SHARE", "1")
    return testing.main(
        ["tests/faults/test_faults.py", *options.arguments], options.reuse
    )


def interleave(options) -> int:
    """Let two transactions meet at every statement."""
    os.environ.setdefault("ERP_INTERLEAVE_SHARE", "1")
    return testing.main(
        ["tests/faults/test_interleave.py", *options.arguments], options.reuse
    )


def host_tests(options) -> int:
    """Run the host's own tests with and without the addons, and compare."""
    return comparison.main(options.tags, options.update)


def beside(options) -> int:
    """Try the addons beside groups of the host's others (dev/cohabit.txt)."""
    return cohabit.main(options.groups, options.list)


def bench(options) -> int:
    """Run bench/run.py on a database of its own; what follows goes to it."""
    if not (paths.REPO / "bench" / "run.py").is_file():
        raise Missing("There is no bench/run.py.")
    workshop = bring_up()
    databases = Databases(workshop)
    database = run_copy(databases, databases.built(options.flavour))
    connection = [f"--config={workshop.config}", f"--database={database}"]
    if "large" in options.arguments:
        connection.append(f"--large={databases.large(options.flavour)}")
    command = [workshop.python, "bench/run.py", *connection, *options.arguments]
    try:
        return run(
            *command, check=False, cwd=paths.REPO, env=workshop.environment()
        ).returncode
    finally:
        databases.drop(database)


def shell(options) -> int:
    """Open the host's shell on the demo database."""
    workshop = bring_up()
    database = Databases(workshop).demo()
    command = ["shell", "-c", workshop.config, "-d", database, "--no-http"]
    return workshop.odoo(
        *command, *options.arguments, check=False, stdin=sys.stdin
    ).returncode


def clean(options) -> int:
    """Drop this clone's databases (--all: those of all clones and the host)."""
    for name in Databases(bring_up()).drop_all(options.all):
        say(f"Dropped {name}")
    return 0


def stop(options) -> int:
    """Stop the private PostgreSQL server."""
    postgres.stop()
    return 0


def start_demo(options) -> int:
    """Start a host with demo data, and print its address and logins."""
    return demo.main(options.port)


def run_linters(options) -> int:
    """Run the linters (--fix: let ruff mend what it can)."""
    return lint.main(options.fix)


def i18n(options) -> int:
    """Export the terms of the addons and merge them into the translations."""
    return translation.main(bring_up())


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    result = argparse.ArgumentParser(prog="python3 -m dev", description=__doc__)
    commands = result.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, function):
        text = function.__doc__.splitlines()[0]
        command = commands.add_parser(
            name, help=text, description=text, allow_abbrev=False
        )
        command.set_defaults(function=function)
        return command

    add("setup", setup)
    add("demo", start_demo).add_argument("--port", type=int, default=0)
    for name, function in (
        ("test", test),
        ("fuzz", fuzz),
        ("faults", faults),
        ("interleave", interleave),
    ):
        command = add(name, function)
        command.add_argument(
            "--reuse",
            action="store_true",
            help="don't rebuild the databases when the addons have changed",
        )
        if function is fuzz:
            command.add_argument(
                "--minutes",
                type=float,
                default=10,
                help="how long each class of the simulator goes on",
            )
    add("lint", run_linters).add_argument("--fix", action="store_true")
    command = add("cohabit", beside)
    command.add_argument("groups", nargs="*", help="names of groups, all by default")
    command.add_argument("--list", action="store_true", help="only list the groups")
    command = add("bench", bench)
    command.add_argument("--flavour", default="base", choices=[*FLAVOURS])
    command = add("host-tests", host_tests)
    command.add_argument("--tags", default="", help="as for the host's --test-tags")
    command.add_argument(
        "--no-update", dest="update", action="store_false", help="post_install only"
    )
    add("i18n", i18n)
    add("shell", shell)
    add("clean", clean).add_argument("--all", action="store_true")
    add("stop", stop)
    return result


def main() -> int:
    """Run a command, tell in plain words what is missing."""
    options, rest = parser().parse_known_args()
    options.arguments = [part for part in rest if part != "--"]
    try:
        return options.function(options)
    except Missing as error:
        return fail(str(error))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

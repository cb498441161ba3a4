"""Linters, at the versions of dev/requirements-lint.txt."""

from . import paths, python
from .shell import run, say

#: Folders beside the addons that hold Python.
FOLDERS = ("tests", "bench", "dev")


def main(fix: bool = False) -> int:
    """Run all linters, report what failed.

    :param bool fix: let ruff mend what it can, instead of reporting it
    """
    programs = python.for_lint().parent
    addons = paths.addons()
    folders = [name for name in FOLDERS if (paths.REPO / name).is_dir()]
    failed = []

    def check(title: str, program: str, *arguments) -> None:
        say(title)
        result = run(programs / program, *arguments, check=False, cwd=paths.REPO)
        if result.returncode:
            failed.append(title)

    ruff = ["--no-cache", "--config=.ruff.toml", *addons, *folders]
    if fix:
        check("ruff format", "ruff", "format", *ruff)
        check("ruff check --fix", "ruff", "check", "--fix", *ruff)
    else:
        check("ruff format --check", "ruff", "format", "--check", *ruff)
        check("ruff check", "ruff", "check", "--no-fix", *ruff)
    mode = [] if fix else ["--check"]
    check("README and store page of each addon", "python", "-m", "dev.readme", *mode)
    if addons:
        check("pylint-odoo", "pylint", "--rcfile=.pylintrc-mandatory", *addons)
        manifests = [f"{name}/__manifest__.py" for name in addons]
        check("oca-checks-odoo-module", "oca-checks-odoo-module", *manifests)
    catalogues = [
        path.relative_to(paths.REPO)
        for name in addons
        for path in sorted((paths.REPO / name).glob("i18n/*.po*"))
    ]
    if catalogues:
        options = ["--disable=po-pretty-format"]
        check("oca-checks-po", "oca-checks-po", *options, *catalogues)
    say(f"Failed: {', '.join(failed)}" if failed else "Linters: nothing to report")
    return 1 if failed else 0

"""Virtual environments: one for the host and its tests, one for the linters."""

import glob
import os
import re
import shutil
from pathlib import Path

from . import paths
from .host import Host
from .shell import Missing, lock, output, run, step, which

#: The host's own range, the best known first.
VERSIONS = ("3.12", "3.11", "3.13", "3.10")
#: Of the distribution: built with all optimisations, which those that version managers
#: build on the spot are not. The tests spend 7 % less of a core in it.
SYSTEM = "/usr/bin/python3"
HERE = Path(__file__).resolve().parent


def interpreter() -> str:
    """Return a Python that the host runs on and that can make environments."""
    if _version(SYSTEM) in VERSIONS:
        return SYSTEM
    for version in VERSIONS:
        for candidate in _candidates(version):
            if candidate and _version(candidate) == version:
                return str(candidate)
    raise Missing(
        f"Odoo needs Python {', '.join(VERSIONS)} with its venv module. Install one "
        "(for instance: apt-get install python3 python3-venv)."
    )


def _version(candidate) -> str:
    """Return which Python this is, nothing for one that can't make environments."""
    code = "import sys,ensurepip,venv; print('%s.%s' % sys.version_info[:2])"
    return output(candidate, "-c", code)


def _candidates(version: str) -> list:
    """Return where this version may be, shims of version managers included."""
    found = [which(f"python{version}"), which("python3")]
    root = os.environ.get("PYENV_ROOT") or output("pyenv", "root")
    pattern = (
        Path(root or "~/.pyenv").expanduser() / f"versions/{version}.*/bin/python3"
    )
    found += sorted(glob.glob(str(pattern)), reverse=True)
    return found


def _environment(name: str, requirements: str, purpose: str) -> Path:
    """Make a virtual environment, or keep the one that is complete."""
    base = interpreter()
    folder = paths.STATE / f"{name}-{_key(requirements, base)}"
    python = folder / "bin" / "python"
    complete = folder / "complete"
    if complete.is_file() and output(python, "-V"):
        return python
    with step(f"Installing Python packages for {purpose}"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        run(base, "-m", "venv", folder, log="venv")
        log = f"pip-{folder.name}"
        if not _install_by_uv(python, HERE / requirements, log):
            run(*_pip(python), "-r", HERE / requirements, log=log)
        complete.touch()
    return python


def _pip(python: Path) -> list:
    return [python, "-m", "pip", "install", "--disable-pip-version-check"]


def _install_by_uv(python: Path, requirements: Path, log: str) -> bool:
    """Install by uv, several times as fast as pip; return whether that worked.

    It may not be had, or not reach an index that only pip is told of.
    """
    if run(*_pip(python), "uv", log=log, check=False).returncode:
        return False
    command = [python, "-m", "uv", "pip", "install", "--python", python]
    listed = output(python, "-m", "pip", "config", "list")
    index = re.search(r"(?m)^[\w:.-]+\.index-url='(.+)'$", listed)
    if index:
        command += ["--default-index", index[1]]
    return not run(*command, "-r", requirements, log=log, check=False).returncode


def _key(requirements: str, base: str = "") -> str:
    """Name a folder after what is in it: clones may require different things."""
    return paths.digest(base + (HERE / requirements).read_text())[:8]


def for_tests() -> Path:
    """Return the Python that has what host and tests import."""
    with lock("venv", "the installation of Python packages"):
        return _environment("venv", "requirements.txt", "the host and the tests")


def importable(host: Host) -> Path:
    """Return a folder from which Python imports the host, and nothing beside it."""
    folder = paths.STATE / f"import-{host.key}"
    with lock("import", "the link to the host"):
        folder.mkdir(parents=True, exist_ok=True)
        _link(host.root / "odoo", folder / "odoo")
        for info in host.root.glob("odoo-*.egg-info"):
            _link(info, folder / info.name)
    return folder


def _link(source: Path, target: Path) -> None:
    if target.is_symlink() and target.resolve() == source.resolve():
        return
    if target.is_symlink():
        target.unlink()
    target.symlink_to(source)


def foreign_addons(python: Path, name: str = "requirements-addons.txt") -> Path:
    """Return the folder of addons by others, from their wheels.

    :param str name: the file that lists them, with all that they depend on
    """
    requirements = HERE / name
    folder = paths.STATE / f"addons-{_key(name)}"
    with lock("addons", "the download of addons"):
        if not folder.is_dir():
            with step(f"Downloading addons by others: {name}"):
                fresh = folder.with_suffix(".new")
                shutil.rmtree(fresh, ignore_errors=True)
                # they require the host, which is on no index
                target = ["--no-deps", "--target", fresh]
                run(*_pip(python), *target, "-r", requirements, log="pip-addons")
                fresh.rename(folder)
    return folder / "odoo" / "addons"


def for_lint() -> Path:
    """Return the Python that has the linters."""
    with lock("venv-lint", "the installation of the linters"):
        return _environment("venv-lint", "requirements-lint.txt", "the linters")

"""Virtual environments: one for the host and its tests, one for the linters."""

import glob
import os
import shutil
from pathlib import Path

from . import paths
from .host import Host
from .shell import Missing, lock, output, run, step, which

#: The host's own range, the best known first.
VERSIONS = ("3.12", "3.11", "3.13", "3.10")
HERE = Path(__file__).resolve().parent


def interpreter() -> str:
    """Return a Python that the host runs on and that can make environments."""
    for version in VERSIONS:
        for candidate in _candidates(version):
            code = "import sys,ensurepip,venv; print('%s.%s' % sys.version_info[:2])"
            if candidate and output(candidate, "-c", code) == version:
                return str(candidate)
    raise Missing(
        f"Odoo needs Python {', '.join(VERSIONS)} with its venv module. Install one "
        "(for instance: apt-get install python3 python3-venv)."
    )


def _candidates(version: str) -> list:
    """Return where this version may be, shims of version managers included."""
    found = [which(f"python{version}"), which("python3")]
    root = os.environ.get("PYENV_ROOT") or output("pyenv", "root")
    pattern = (
        Path(root or "~/.pyenv").expanduser() / f"versions/{version}.*/bin/python3"
    )
    found += sorted(glob.glob(str(pattern)), reverse=True)
    return found


def _environment(folder: Path, requirements: str, purpose: str) -> Path:
    """Make a virtual environment, or keep the one that is complete."""
    python = folder / "bin" / "python"
    complete = folder / "complete"
    if complete.is_file() and output(python, "-V"):
        return python
    with step(f"Installing Python packages for {purpose}"):
        base = interpreter()
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        run(base, "-m", "venv", folder, log="venv")
        pip = [python, "-m", "pip", "install", "--disable-pip-version-check"]
        run(*pip, "-r", HERE / requirements, log=f"pip-{folder.name}")
        complete.touch()
    return python


def _key(requirements: str) -> str:
    """Name a folder after what is in it: clones may require different things."""
    return paths.digest((HERE / requirements).read_text())[:8]


def for_host(host: Host) -> Path:
    """Return the Python that imports the host and has the test tools."""
    folder = paths.STATE / f"venv-{host.key}-{_key('requirements.txt')}"
    with lock("venv", "the installation of Python packages"):
        python = _environment(folder, "requirements.txt", "the host and the tests")
        code = "import sysconfig; print(sysconfig.get_path('purelib'))"
        packages = Path(output(python, "-c", code))
        _link(host.root / "odoo", packages / "odoo")
        for info in host.root.glob("odoo-*.egg-info"):
            _link(info, packages / info.name)
    return python


def _link(source: Path, target: Path) -> None:
    if target.is_symlink() and target.resolve() == source.resolve():
        return
    if target.is_symlink():
        target.unlink()
    target.symlink_to(source)


def foreign_addons(python: Path) -> Path:
    """Return the folder of addons by others, from their wheels."""
    requirements = HERE / "requirements-addons.txt"
    folder = paths.STATE / f"addons-{_key(requirements.name)}"
    with lock("addons", "the download of addons"):
        if not folder.is_dir():
            with step("Downloading addons that this clone depends on"):
                fresh = folder.with_suffix(".new")
                shutil.rmtree(fresh, ignore_errors=True)
                # they require the host, which is on no index
                pip = [python, "-m", "pip", "install", "--disable-pip-version-check"]
                pip += ["--no-deps", "--target", fresh, "-r", requirements]
                run(*pip, log="pip-addons")
                fresh.rename(folder)
    return folder / "odoo" / "addons"


def for_lint() -> Path:
    """Return the Python that has the linters."""
    with lock("venv-lint", "the installation of the linters"):
        folder = paths.STATE / f"venv-lint-{_key('requirements-lint.txt')}"
        return _environment(folder, "requirements-lint.txt", "the linters")

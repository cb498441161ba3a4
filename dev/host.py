"""Find an Odoo 19, or fetch one."""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .packages import PrivateApt
from .shell import Missing, lock, output, run, say, step, which

VERSION = "19.0"
PACKAGE = "odoo-19"
#: Packages that the distribution's Odoo package links its assets to. The links to
#: Font Awesome's are dead in the suite, and not used: the tree has the files itself.
LINKED_PACKAGES = (
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
REPOSITORY = "https://github.com/odoo/odoo.git"
#: A library that the distribution left out. The web client's bundle logs an error
#: without it, on which every browser test fails before it starts.
PLACEHOLDER = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class Host:
    """An Odoo source tree."""

    #: folder that holds the Python package `odoo`
    root: Path
    #: what it is, for people
    label: str

    @property
    def key(self) -> str:
        """Name virtual environment and template databases after the tree."""
        release = self.root / "odoo" / "release.py"
        return paths.digest(self.root, release.stat().st_mtime_ns)[:8]

    @property
    def addons_path(self) -> list[Path]:
        """Return the folders of the host's addons."""
        core = self.root / "odoo" / "addons"
        # a source tree keeps most addons apart, the distribution puts all in one
        return [core] if (core / "sale").is_dir() else [core, self.root / "addons"]

    def has(self, relative: str) -> bool:
        """Return whether one of the addons folders has the file."""
        return any((folder / relative).exists() for folder in self.addons_path)


def find() -> Host:
    """Return the host to work with, fetching one if there is none."""
    home = os.environ.get("ODOO_HOME")
    if home:
        return _from_tree(Path(home).expanduser().absolute(), "ODOO_HOME")
    return _importable() or _fetched()


def _from_tree(root: Path, origin: str) -> Host:
    if not (root / "odoo" / "release.py").is_file():
        raise Missing(
            f"{origin} is {root}, which holds no Odoo (no odoo/release.py). "
            "Point it to the root of an Odoo 19.0 source tree, or unset it."
        )
    version = _version(root)
    if version != VERSION:
        raise Missing(f"{origin} is Odoo {version}; this needs {VERSION}.")
    return Host(root, f"Odoo {version} of {origin}")


def _version(root: Path) -> str:
    code = "import runpy,sys; print(runpy.run_path(sys.argv[1])['series'])"
    return output(sys.executable, "-c", code, root / "odoo" / "release.py")


def _importable() -> Host | None:
    """Return the Odoo that Python can import already."""
    code = "import odoo.release as r; print(r.__file__)"
    found = output(sys.executable, "-c", code, cwd="/")
    if not found:
        return None
    root = Path(found).resolve().parent.parent
    if root.is_relative_to(paths.STATE):
        return None  # this runs in the environment that was made for it
    if _version(root) != VERSION:
        say(f"Passing over {root}: it is not Odoo {VERSION}")
        return None
    host = Host(root, f"Odoo {VERSION} that Python imports")
    if not host.has(PLACEHOLDER):
        say(f"Passing over {root}: it lacks {PLACEHOLDER}, browser tests would fail")
        return None
    return host


def _fetched() -> Host:
    """Return the host kept in the state folder, fetching it the first time."""
    record = paths.STATE / "host.json"
    with lock("host", "the download of Odoo"):
        if record.is_file():
            known = json.loads(record.read_text())
            if (Path(known["root"]) / "odoo" / "release.py").is_file():
                return Host(Path(known["root"]), known["label"])
        host = _from_package() or _from_repository()
        if not host:
            raise Missing(
                "No Odoo 19.0 could be had: neither from the distribution's packages "
                "nor from its repository. Set ODOO_HOME to a source tree of yours. "
                f"Logs: {paths.LOGS}"
            )
        known = {"root": str(host.root), "label": host.label}
        record.write_text(json.dumps(known))
        return host


def _from_package() -> Host | None:
    apt = PrivateApt()
    with step(f"Looking for the distribution's package {PACKAGE}"):
        if not apt.update():
            say("  it can't be reached")
            return None
    with step("Downloading Odoo (about 120 MB), its fonts and scripts"):
        files = apt.download(PACKAGE, *LINKED_PACKAGES)
    if PACKAGE not in files:
        return None
    tree = paths.STATE / "host"
    fresh = paths.STATE / "host.new"
    with step("Unpacking Odoo"):
        shutil.rmtree(fresh, ignore_errors=True)
        for package in files.values():
            apt.unpack(package, fresh)
        # the package's links into usr/share are relative: all in one tree, they hold
        packages = fresh / "usr" / "lib" / "python3" / "dist-packages"
        placeholder = packages / "odoo" / "addons" / PLACEHOLDER
        if not placeholder.exists():
            placeholder.parent.mkdir(parents=True, exist_ok=True)
            placeholder.write_text("/* left out of the distribution's package */\n")
        shutil.rmtree(tree, ignore_errors=True)
        fresh.rename(tree)
    release = files[PACKAGE].name.split("_")[1]
    root = tree / "usr" / "lib" / "python3" / "dist-packages"
    return Host(root, f"Odoo {release} of the distribution")


def _from_repository() -> Host | None:
    if not which("git"):
        return None
    tree = paths.STATE / "host-git"
    shutil.rmtree(tree, ignore_errors=True)
    with step(f"Cloning Odoo {VERSION} (some minutes)"):
        result = run(
            "git",
            "clone",
            "--quiet",
            "--depth=1",
            f"--branch={VERSION}",
            REPOSITORY,
            tree,
            log="git-clone",
            check=False,
        )
    if result.returncode:
        say("  its repository can't be reached")
        return None
    return Host(tree, f"Odoo {VERSION} of its repository")

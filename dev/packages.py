"""Packages of the distribution: installed, or unpacked privately without root."""

import glob
import re
from pathlib import Path

from . import paths
from .shell import Missing, is_root, lock, output, run, say, step, which

#: The suite that carries the Odoo package.
SUITE = "unstable"
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"


def install(*names: str, purpose: str) -> None:
    """Install packages of the distribution, which takes root."""
    command = "apt-get install --no-install-recommends " + " ".join(names)
    if not which("apt-get"):
        raise Missing(f"{purpose} is missing. Install it and start again.")
    if not is_root():
        raise Missing(f"{purpose} is missing. As root, run: {command}")
    text = f"Installing {purpose}: {' '.join(names)}"
    with lock("packages", "the installation of packages"), step(text):
        environment = {"DEBIAN_FRONTEND": "noninteractive"}
        apt = ["env", *(f"{key}={value}" for key, value in environment.items())]
        apt += ["apt-get", "-y", "-q", "-o", "DPkg::Lock::Timeout=300"]
        run(*apt, "update", log="apt-update", check=False)
        run(*apt, "install", "--no-install-recommends", *names, log="apt-install")


def mirrors() -> list[str]:
    """Return the addresses of the distribution's mirrors that this machine uses."""
    targets = output(
        "apt-get",
        "indextargets",
        "--format",
        "$(REPO_URI)",
        "Created-By: Packages",
    )
    # a machine that never updated its lists knows no targets
    found = targets.split() or _configured_mirrors()
    # the archives of security fixes have no such suite
    return [uri for uri in dict.fromkeys(found) if "security" not in uri]


def _configured_mirrors() -> list[str]:
    """Return the addresses in apt's source lists."""
    result = []
    for name in ["/etc/apt/sources.list", *glob.glob("/etc/apt/sources.list.d/*")]:
        path = Path(name)
        if path.suffix in (".list", ".sources") and path.is_file():
            text = re.sub(r"(?m)^\s*#.*$", "", path.read_text(errors="replace"))
            result += re.findall(r"[a-z+]+:/[^\s\]]+", text)
    return result


class PrivateApt:
    """apt with lists and a cache of its own; leaves the system's untouched."""

    def __init__(self):
        self.folder = paths.STATE / "apt"
        self.sources = self.folder / "sources.list"

    def _options(self) -> list[str]:
        """Return the options that point apt to the private folders."""
        settings = {
            "Dir::Etc::SourceList": self.sources,
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::Etc::PreferencesParts": "/dev/null",
            "Dir::State::Lists": self.folder / "lists",
            "Dir::Cache": self.folder / "cache",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "APT::Sandbox::User": "root",
            "APT::Update::Post-Invoke-Success": "",
        }
        if not is_root():
            settings["Debug::NoLocking"] = "1"
        return [f"-o{key}={value}" for key, value in settings.items()]

    def update(self) -> bool:
        """Fetch the list of the suite; return whether that worked."""
        if not (which("apt-get") and which("dpkg-deb")):
            return False
        for name in ("lists/partial", "cache/archives/partial", "packages"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        signed = f"[signed-by={KEYS}] " if Path(KEYS).is_file() else ""
        for uri in mirrors():
            self.sources.write_text(f"deb {signed}{uri} {SUITE} main\n")
            result = run(
                "apt-get", *self._options(), "update", log="apt-private", check=False
            )
            if not result.returncode:
                return True
        return False

    def download(self, *names: str) -> dict[str, Path]:
        """Download packages; return the file of each name that could be had."""
        target = self.folder / "packages"

        def fetch(log: str, *wanted: str) -> bool:
            command = ["apt-get", *self._options(), "download", *wanted]
            return not run(*command, log=log, check=False, cwd=target).returncode

        # one that the suite lacks must not cost the others
        if not fetch("apt-download", *names):
            for name in names:
                fetch(f"apt-download-{name}", name)
        found = {}
        for name in names:
            files = sorted(
                target.glob(f"{name}_*.deb"), key=lambda path: path.stat().st_mtime
            )
            if files:
                found[name] = files[-1]
            else:
                say(f"The distribution has no package {name}")
        return found

    @staticmethod
    def unpack(package: Path, target: Path) -> None:
        """Unpack a package into a folder, without installing it."""
        target.mkdir(parents=True, exist_ok=True)
        run("dpkg-deb", "-x", package, target)

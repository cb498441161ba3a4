"""A PostgreSQL server: the one that PG* variables name, or a private cluster."""

import glob
import os
import pwd
import re
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import paths
from .packages import install
from .shell import Missing, is_root, lock, output, run, say, step, which

USER = "odoo"
#: Safe only because everything in the cluster can be made again.
SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "autovacuum_naptime": "10min",
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_connections": "200",
    "max_locks_per_transaction": "256",
    "random_page_cost": "1.1",
    "jit": "off",
}


@dataclass
class Server:
    """How to reach a PostgreSQL server."""

    bin: Path
    #: PGHOST and the like, for libpq
    variables: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """Return the environment in which libpq's programs find the server."""
        path = f"{self.bin}{os.pathsep}{os.environ.get('PATH', '')}"
        return {**os.environ, **self.variables, "PATH": path}

    def sql(self, query: str, database: str = "postgres", check: bool = False) -> str:
        """Run a query with psql, return its rows as text."""
        command = [self.bin / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1"]
        command += ["-d", database, "-c", query]
        if check:
            run(*command, log="psql", env=self.environment())
            return ""
        return output(*command, env=self.environment())

    def answers(self) -> bool:
        """Return whether the server takes connections."""
        return self.sql("SELECT 1") == "1"


def server() -> Server:
    """Return a running server, starting a private cluster if there is none."""
    programs = _programs()
    named = {
        key: value
        for key, value in os.environ.items()
        if key in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGSERVICE")
    }
    if named:
        given = Server(programs, named)
        if given.answers():
            return given
        say("The server that PG* variables name does not answer; using a private one")
    with lock("postgres", "the start of PostgreSQL"):
        return _Cluster(programs).start()


def _programs() -> Path:
    """Return the folder of the server's programs, the newest version first."""
    found = _installed_programs()
    if not found:
        install("postgresql", purpose="PostgreSQL")
        found = _installed_programs()
    if not found:
        raise Missing("PostgreSQL's server programs (initdb, pg_ctl) are missing.")
    return found


def _installed_programs() -> Path | None:
    folders = glob.glob("/usr/lib/postgresql/*/bin")
    folders.sort(key=lambda name: int(re.search(r"/(\d+)/bin$", name)[1]))
    initdb = which("initdb")
    if initdb:
        folders.insert(0, str(Path(initdb).resolve().parent))
    for folder in reversed(folders):
        if os.access(Path(folder) / "initdb", os.X_OK):
            return Path(folder)
    return None


class _Cluster:
    """A cluster of our own, reachable over a Unix socket alone."""

    def __init__(self, programs: Path):
        self.bin = programs
        version = output(programs / "postgres", "--version")
        self.major = re.search(r"(\d+)", version)[1] if version else "0"
        # the server refuses to run as root
        self.account = "postgres" if is_root() else ""
        self.folder = self._folder()
        self.data = self.folder / "data"
        self.socket = self.folder / "run"
        if len(str(self.socket)) > 80:
            name = f"{paths.ADDON_PREFIX}-{paths.digest(self.folder)}"
            self.socket = Path(tempfile.gettempdir()) / name
        self.log = self.folder / "server.log"

    def _folder(self) -> Path:
        """Return a folder that the server's account can reach."""
        folder = paths.STATE / f"postgres-{self.major}"
        if not self.account:
            return folder
        try:
            home = pwd.getpwnam(self.account).pw_dir
        except KeyError:
            raise Missing(
                "The server can't run as root and there is no account postgres. "
                "Install the distribution's postgresql, or run this as another user."
            ) from None
        paths.STATE.mkdir(parents=True, exist_ok=True)
        if not self._as_account("test", "-x", paths.STATE, check=False).returncode:
            return folder
        name = f"{paths.ADDON_PREFIX}-{paths.digest(paths.STATE)}"
        return Path(home) / name / f"postgres-{self.major}"

    def _as_account(self, *command, **options):
        """Run a program as the account that owns the cluster."""
        prefix = ["runuser", "-u", self.account, "--"] if self.account else []
        options.setdefault("cwd", "/")
        return run(*prefix, *command, **options)

    def start(self) -> Server:
        """Start the cluster, making it first if need be."""
        server = Server(self.bin, {"PGHOST": str(self.socket), "PGUSER": USER})
        if server.answers():
            return server
        if self._is_running():
            self._wait_for(server)
            return server
        if (self.data / "PG_VERSION").is_file():
            if self._launch():
                return server
            aside = self.folder / "data.broken"
            say(f"The database cluster does not start, see {self.log}")
            say(f"Making a new one; the old one is kept in {aside}")
            shutil.rmtree(aside, ignore_errors=True)
            self.data.rename(aside)
        self._create()
        if not self._launch():
            tail = self.log.read_text(errors="replace").splitlines()[-20:]
            raise Missing("\n".join([*tail, "PostgreSQL does not start; see above."]))
        return server

    def stop(self) -> None:
        """Stop the cluster."""
        self._as_account(
            self.bin / "pg_ctl", "stop", "-D", self.data, "-m", "fast",
            log="pg-stop", check=False,
        )  # fmt: skip

    def _create(self) -> None:
        with step("Making a private PostgreSQL cluster"):
            shutil.rmtree(self.data, ignore_errors=True)
            self.folder.mkdir(parents=True, exist_ok=True)
            if self.account:
                shutil.chown(self.folder, self.account, self.account)
            self._as_account(
                self.bin / "initdb", "-D", self.data, "-U", USER, "-A", "trust",
                "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
                log="initdb",
            )  # fmt: skip
            lines = [f"{key} = {value}\n" for key, value in SETTINGS.items()]
            with (self.data / "postgresql.conf").open("a") as stream:
                stream.writelines(lines)

    def _launch(self) -> bool:
        say("Starting PostgreSQL")
        self.socket.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.account:
            shutil.chown(self.socket, self.account, self.account)
        self._lock_file.unlink(missing_ok=True)
        result = self._as_account(
            self.bin / "pg_ctl", "start", "-w", "-t", "120", "-s",
            "-D", self.data, "-l", self.log, "-o", f"-k '{self.socket}'",
            log="pg-start", check=False,
        )  # fmt: skip
        return not result.returncode

    @property
    def _lock_file(self) -> Path:
        return self.data / "postmaster.pid"

    def _is_running(self) -> bool:
        """Return whether the process named in the lock file is this server."""
        try:
            pid = self._lock_file.read_text().split("\n", 1)[0].strip()
        except OSError:
            return False
        if not Path("/proc/self").exists():
            return self._as_account("kill", "-0", pid, check=False).returncode == 0
        try:
            # after a restart of the machine the number may be another program's
            return (
                str(self.data).encode()
                in (Path("/proc") / pid / "cmdline").read_bytes()
            )
        except OSError:
            return False

    def _wait_for(self, server: Server) -> None:
        """Wait for a server that runs but does not answer, as while it recovers."""
        for _ in range(120):
            if server.answers():
                return
            time.sleep(0.5)
        raise Missing(
            f"PostgreSQL runs, but does not answer on {self.socket}; see {self.log}. "
            "Stop it with: python3 -m dev stop"
        )


def stop() -> None:
    """Stop the private cluster, if there is one."""
    programs = _installed_programs()
    if programs:
        _Cluster(programs).stop()

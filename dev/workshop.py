"""Everything brought up: host, Python, server and settings, ready to run Odoo."""

import os
import shlex
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import host, paths, postgres, python
from .flavours import Modules
from .shell import run, say


@dataclass(frozen=True)
class Workshop:
    """A host on this machine, for this clone."""

    host: host.Host
    python: Path
    #: the folder from which Python imports the host
    imported: Path
    server: postgres.Server
    #: files that list addons by others, beside those that this clone depends on
    others: tuple[str, ...] = ()

    @property
    def config(self) -> Path:
        """Return the settings file of this clone's Odoo."""
        return paths.CLONE / "odoo.conf"

    @cached_property
    def addons_path(self) -> list[Path]:
        """Return the addons folders, those of this clone last."""
        folders = list(self.host.addons_path)
        if paths.has_queue():
            folders.append(python.foreign_addons(self.python))
        folders += [python.foreign_addons(self.python, name) for name in self.others]
        if paths.addons():
            folders.append(paths.REPO)
        return [*dict.fromkeys(folders)]

    @cached_property
    def modules(self) -> Modules:
        """Return what the modules of host and clone say of themselves."""
        return Modules(self.addons_path)

    @property
    def python_path(self) -> str:
        """Return where Python finds the host, before all that it is told already."""
        folders = [str(self.imported), os.environ.get("PYTHONPATH", "")]
        return os.pathsep.join(dict.fromkeys(filter(None, folders)))

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment in which host and tests run."""
        result = self.server.environment()
        result["PATH"] = f"{self.python.parent}{os.pathsep}{result['PATH']}"
        result["PYTHONPATH"] = self.python_path
        # without compiled files each start of the host takes twice as long
        result.pop("PYTHONDONTWRITEBYTECODE", None)
        result.update(more)
        return result

    def odoo(self, *arguments, **options):
        """Run the host's command line."""
        command = [self.python, "-m", "odoo", *arguments]
        options.setdefault("env", self.environment())
        return run(*command, cwd=paths.REPO, **options)

    def write_settings(self) -> None:
        """Write the settings file, and one that a shell can source."""
        given = self.server.variables
        connection = {
            "db_host": "PGHOST",
            "db_port": "PGPORT",
            "db_user": "PGUSER",
            "db_password": "PGPASSWORD",
        }
        settings = {
            "addons_path": ",".join(map(str, self.addons_path)),
            "data_dir": paths.DATA,
            **{key: given[name] for key, name in connection.items() if name in given},
            "db_maxconn": "32",
            "http_interface": "127.0.0.1",
            "list_db": "False",
            "log_level": "warn",
            "max_cron_threads": "0",
            "screenshots": paths.CLONE / "screenshots",
            "limit_time_cpu": "3600",
            "limit_time_real": "7200",
            "limit_time_real_cron": "-1",
        }
        lines = [f"{key} = {value}\n" for key, value in settings.items()]
        paths.CLONE.mkdir(parents=True, exist_ok=True)
        paths.DATA.mkdir(parents=True, exist_ok=True)
        _replace(self.config, "[options]\n" + "".join(lines))
        exported = {
            **self.server.variables,
            "ODOO_CONF": str(self.config),
            "PYTHONPATH": self.python_path,
        }
        path = f'"{self.python.parent}:{self.server.bin}:$PATH"'
        _replace(
            paths.CLONE / "env.sh",
            "".join(f"export {k}={shlex.quote(v)}\n" for k, v in exported.items())
            + f"export PATH={path}\nunset PYTHONDONTWRITEBYTECODE\n",
        )


def _replace(path: Path, text: str) -> None:
    """Write a file in one go: another process may be reading it."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(text)
    fresh.chmod(0o600)
    fresh.replace(path)


def bring_up(*more: Callable, addons: tuple[str, ...] = ()) -> Workshop:
    """Return the workshop, making what's missing: all of it at the same time.

    :param more: what else has to be brought up
    :param addons: files that list further addons by others
    """
    with ThreadPoolExecutor() as pool:
        server = pool.submit(postgres.server)
        packages = pool.submit(python.for_tests)
        others = [pool.submit(function) for function in more]
        found = host.find()
    result = Workshop(
        found, packages.result(), python.importable(found), server.result(), addons
    )
    for other in others:
        other.result()
    result.write_settings()
    say(f"{found.label}, {paths.STATE}")
    return result

"""Databases: templates of the bare host, and copies with this clone's addons."""

import hashlib
import os
import shutil
from pathlib import Path

from . import paths
from .flavours import FLAVOURS, largest
from .shell import Missing, lock, step
from .workshop import Workshop

LANGUAGES = "en_US,zh_CN"
WITH_DEMO = "--with-demo"
#: Makes the host leave out the demo data of what is installed later.
NO_DEMO = "UPDATE ir_module_module SET demo = false"
#: What pages, reports and tours load.
BUNDLES = (
    "web.assets_web",
    "web.assets_web_print",
    "web.assets_frontend",
    "web.assets_frontend_lazy",
    "web.assets_frontend_minimal",
    "web.assets_tests",
    "web.__assets_tests_call__",
    "web.report_assets_common",
    "web.report_assets_pdf",
)
#: Runs in the host's shell.
ASSETS = """
views = env["ir.qweb"]
scripts, styles = views._get_bundles_to_pregenarate()
for bundle in {bundles!r}:
    if bundle in scripts:
        views._get_asset_bundle(bundle, css=False, js=True).js()
    if bundle in styles:
        views._get_asset_bundle(bundle, css=True, js=False).css()
env.cr.commit()
"""
#: The host's scheduled jobs reach for services that a demo does not have.
QUIET_JOBS = f"""
UPDATE ir_cron SET active = false WHERE id NOT IN (
    SELECT res_id FROM ir_model_data WHERE model = 'ir.cron'
    AND (module = 'payment' OR module LIKE '{paths.ADDON_PREFIX}%')
)
"""
#: Files of an addon that change nothing in a database.
PASSIVE = ("tests", "readme", "README.rst", "description", "__pycache__")


def content_key(names: list[str]) -> str:
    """Return a digest of all that the addons bring into a database."""
    content = hashlib.sha256()
    for name in names:
        for path in sorted((paths.REPO / name).rglob("*")):
            relative = path.relative_to(paths.REPO)
            if path.is_file() and not set(relative.parts) & set(PASSIVE):
                content.update(f"{relative}\0".encode())
                content.update(path.read_bytes())
    return content.hexdigest()[:16]


class Databases:
    """The databases of a server that belong to the workshop."""

    def __init__(self, workshop: Workshop):
        self.workshop = workshop
        self.server = workshop.server

    # -- primitives

    def exists(self, name: str) -> bool:
        """Return whether there is such a database."""
        query = f"SELECT 1 FROM pg_database WHERE datname = '{name}'"
        return self.server.sql(query) == "1"

    def label(self, name: str) -> str:
        """Return the text that tells what the database was built from."""
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        return self.server.sql(f"{query} WHERE datname = '{name}'")

    def filestore(self, name: str) -> Path:
        """Return the folder of the database's attachments."""
        return paths.DATA / "filestore" / name

    def drop(self, name: str) -> None:
        """Drop a database and its attachments."""
        self.server.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def copy(self, source: str, target: str) -> None:
        """Copy a database; its attachments, which never change, are linked."""
        self.drop(target)
        self.server.sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"', check=True)
        origin = self.filestore(source)
        if origin.is_dir():
            shutil.copytree(origin, self.filestore(target), copy_function=os.link)

    def names(self, prefix: str) -> list[str]:
        """Return the databases whose names start so."""
        names = self.server.sql("SELECT datname FROM pg_database").splitlines()
        return [name for name in names if name.startswith(prefix)]

    def _finish(self, fresh: str, name: str, label: str) -> None:
        """Put a database that is complete in the place of its predecessor."""
        self.server.sql("VACUUM ANALYZE", database=fresh)
        self.drop(name)
        self.server.sql(f'ALTER DATABASE "{fresh}" RENAME TO "{name}"', check=True)
        if self.filestore(fresh).is_dir():
            self.filestore(fresh).rename(self.filestore(name))
        self.server.sql(f"COMMENT ON DATABASE \"{name}\" IS '{label}'", check=True)

    def _install(self, database: str, modules, log: str, *options: str) -> None:
        self.workshop.odoo(
            "-c", self.workshop.config, "-d", database, "-i", ",".join(modules),
            *options, "--stop-after-init", "--no-http",
            log=log,
        )  # fmt: skip
        missing = self.not_installed(database, modules)
        if missing:
            log = paths.LOGS / f"{log}.log"
            raise Missing(f"Not installed: {', '.join(missing)}. Log: {log}")
        self._generate_assets(database)

    def _generate_assets(self, database: str) -> None:
        """Bundle the web client's files once, not again in each copy."""
        program = ASSETS.format(bundles=BUNDLES)
        self.workshop.odoo(
            "shell", "-c", self.workshop.config, "-d", database, "--no-http",
            input=program.encode(), log="assets",
        )  # fmt: skip

    def not_installed(self, database: str, modules) -> list[str]:
        """Return those of the modules that the database does not have."""
        query = "SELECT name FROM ir_module_module WHERE state = 'installed'"
        present = set(self.server.sql(query, database=database).splitlines())
        return [name for name in modules if name not in present]

    # -- templates of the host

    def template(self, flavour: str) -> str:
        """Return the database of the host alone, building it the first time."""
        modules = self.workshop.modules.known(FLAVOURS[flavour].modules)
        below = FLAVOURS[flavour].below
        parts = self.workshop.modules.of_flavour(flavour)
        label = paths.digest(LANGUAGES, ASSETS, BUNDLES, parts)
        # clones that want something else of the host share nothing but the server
        name = f"eor_host_{self.workshop.host.key}_{flavour}_{label[:8]}"
        with lock(f"database-{name}", "the host's template database"):
            if self.label(name) == label:
                return name
            fresh = f"{name}_new"
            text = f"Installing {', '.join(modules)} with demo data ({flavour})"
            with step(f"{text}: minutes, but once"):
                options = [WITH_DEMO]
                if below:
                    self.copy(self.template(below), fresh)
                else:
                    self.drop(fresh)
                    # whatever comes later brings its terms of these languages along
                    options.append(f"--load-language={LANGUAGES}")
                self._install(fresh, modules, f"template-{flavour}", *options)
                self._finish(fresh, name, label)
        return name

    # -- databases of this clone

    def built(self, flavour: str, reuse: bool = False) -> str:
        """Return a database with host and addons, rebuilt if the addons changed.

        :param bool reuse: take the database as it is, if there is one
        """
        name = f"eor_{paths.CLONE_KEY}_{flavour}"
        modules = self.workshop.modules.addons_for(flavour)
        with lock(f"database-{name}", f"the test database {flavour}"):
            if reuse and self.exists(name):
                return name
            template = self.template(flavour)
            label = paths.digest(
                template,
                self.label(template),
                content_key(modules),
                *([] if FLAVOURS[flavour].demo else [NO_DEMO]),
            )
            if self.label(name) == label:
                return name
            fresh = f"{name}_new"
            with step(f"Building the database {flavour} with {', '.join(modules)}"):
                self.copy(template, fresh)
                if modules:
                    options = [WITH_DEMO] if FLAVOURS[flavour].demo else []
                    if not options:
                        self.server.sql(NO_DEMO, database=fresh, check=True)
                    self._install(fresh, modules, f"install-{flavour}", *options)
                self._finish(fresh, name, label)
        return name

    def large(self, flavour: str) -> str:
        """Return the database that `bench/large.py` fills: updated, never rebuilt."""
        name = f"eor_{paths.CLONE_KEY}_{flavour}_large"
        modules = self.workshop.modules.addons_for(flavour)
        with lock(f"database-{name}", "the large database"):
            label = content_key(modules)
            if not self.exists(name):
                self.copy(self.built(flavour), name)
            elif self.label(name) != label:
                with step("Updating the large database"):
                    self._update(name, modules)
            comment = f"COMMENT ON DATABASE \"{name}\" IS '{label}'"
            self.server.sql(comment, check=True)
        return name

    def demo(self) -> str:
        """Return the demo database, updated if the addons changed."""
        name = f"eor_{paths.CLONE_KEY}_demo"
        modules = self.workshop.modules.addons_for(largest())
        with lock(f"database-{name}", "the demo database"):
            template = self.template(largest())
            key = f"{paths.digest(template, self.label(template))} "
            label = key + content_key(modules)
            if self.label(name) == label:
                return name
            if self.label(name).startswith(key) and modules:
                with step(f"Updating {', '.join(modules)} in the demo database"):
                    self._update(name, modules)
                    comment = f"COMMENT ON DATABASE \"{name}\" IS '{label}'"
                    self.server.sql(comment, check=True)
                return name
            fresh = f"{name}_new"
            with step(f"Building the demo database with {', '.join(modules)}"):
                self.copy(template, fresh)
                if modules:
                    self._install(fresh, modules, "install-demo", WITH_DEMO)
                self.server.sql(QUIET_JOBS, database=fresh, check=True)
                self._finish(fresh, name, label)
        return name

    def _update(self, name: str, modules: list[str]) -> None:
        """Update the addons, and install those that are new."""
        new = self.not_installed(name, modules)
        old = [module for module in modules if module not in new]
        arguments = ["-c", self.workshop.config, "-d", name]
        if old:
            arguments += ["-u", ",".join(old)]
        if new:
            arguments += ["-i", ",".join(new)]
        self.workshop.odoo(
            *arguments, "--stop-after-init", "--no-http", log="update-demo"
        )

    def drop_all(self, everything: bool) -> list[str]:
        """Drop this clone's databases, or those of all clones and the host."""
        prefix = "eor_" if everything else f"eor_{paths.CLONE_KEY}_"
        names = self.names(prefix)
        for name in names:
            self.drop(name)
        return names


def run_copy(databases: Databases, source: str, prefix: str = "") -> str:
    """Return the name of a copy for this run; parallel runs don't meet.

    :param str prefix: what the name starts with, the source's name by default
    """
    prefix = f"{prefix or source}_run"
    for name in databases.names(prefix):
        owner = name.removeprefix(prefix).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            databases.drop(name)
    name = f"{prefix}{os.getpid()}"
    databases.copy(source, name)
    return name

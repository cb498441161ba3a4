"""Install, use, upgrade and uninstall, by the host's command line on a database alone.

The database of the bare host comes from `make test`, which names it in the environment.
"""

import configparser
import contextlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
from pathlib import Path

import psycopg2

from odoo import sql_db
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import config

from .lifecycle import image

ADDON = "erp_order_reversal"
CHECK = f"{ADDON}_check"
#: Version 19.0.1.0.0.
RELEASED = "6c4e8824ace8158c6e1360dfe92babd42924aa68"
LATER = "UPDATE ir_module_module SET auto_install = FALSE WHERE name LIKE %s"
REPO = Path(__file__).resolve().parent.parent
SCRIPTS = Path(__file__).parent / "lifecycle"
BARE = os.environ.get("ERP_BARE_DATABASE")


# Reason: it installs into a copy of the bare host's database, whose name `make test`
# gives (ERP_BARE_DATABASE); plain pytest in an Odoo that somebody has knows of none.
@unittest.skipUnless(BARE, "no database of the bare host (see dev/testing.py)")
class TestLifecycle(BaseCase):
    maxDiff = None

    def setUp(self):
        super().setUp()
        self.database = f"{get_db_name()}_lifecycle"
        self.addons_path = [str(path) for path in config["addons_path"]]
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.addCleanup(self.drop)
        self.copy(BARE)

    # ------------------------------------------------------------------
    # A database of its own
    # ------------------------------------------------------------------

    def copy(self, source, tries=30):
        self.drop()
        statement = f'CREATE DATABASE "{self.database}" TEMPLATE "{source}"'
        while True:
            try:
                self.maintain(statement)
                break
            except psycopg2.errors.ObjectInUse:  # somebody else is copying it
                tries -= 1
                if not tries:
                    raise
                time.sleep(1)
        if Path(config.filestore(source)).is_dir():
            shutil.copytree(
                config.filestore(source),
                config.filestore(self.database),
                copy_function=os.link,
            )
        # As in a company's own database: the addon's demo data are not for it.
        self.look(lambda cr: cr.execute("UPDATE ir_module_module SET demo = false"))

    def drop(self):
        sql_db.close_db(self.database)
        self.maintain(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
        shutil.rmtree(config.filestore(self.database), ignore_errors=True)

    def maintain(self, statement):
        with contextlib.closing(sql_db.db_connect("postgres").cursor()) as cr:
            cr._cnx.autocommit = True
            cr.execute(statement)

    def look(self, function, *arguments):
        """Call a function on a cursor of the database, and leave no connection."""
        try:
            with contextlib.closing(sql_db.db_connect(self.database).cursor()) as cr:
                result = function(cr, *arguments)
                cr.commit()
                return result
        finally:
            sql_db.close_db(self.database)

    def host(self, *arguments, addon=None, script=None):
        """Run the host's command line; it must succeed.

        :param Path addon: a folder with another version of the addon
        :param str script: name of a script for the host's shell
        """
        scripts = ["settled.py", script] if script else []
        result = subprocess.run(
            [
                *(sys.executable, "-m", "odoo", *arguments),
                *("-c", self.settings(addon or REPO), "-d", self.database),
            ],
            input="\n".join((SCRIPTS / name).read_text() for name in scripts),
            capture_output=True,
            text=True,
            check=False,
        )
        output = result.stdout + result.stderr
        self.assertEqual(result.returncode, 0, output[-5000:])
        for word in ("CRITICAL", "ERROR", "Traceback"):
            self.assertNotIn(word, output, output[-5000:])
        if script:
            self.assertIn("lifecycle:", result.stdout, output[-5000:])
        return output

    def settings(self, addon):
        """The settings of this run, with the addon from that folder."""
        settings = configparser.ConfigParser(interpolation=None)
        settings.read(config["config"])
        folders = [path for path in self.addons_path if Path(path) != REPO]
        settings["options"]["addons_path"] = ",".join([*folders, str(addon)])
        path = self.folder / f"{addon.name}.conf"
        with path.open("w") as file:
            settings.write(file)
        return str(path)

    def install(self, addon=None):
        self.host(
            *("server", "-i", ADDON, "--stop-after-init", "--no-http"), addon=addon
        )

    def upgrade(self):
        self.host("server", "-u", ADDON, "--stop-after-init", "--no-http")

    def run_script(self, script, addon=None):
        self.host("shell", "--no-http", addon=addon, script=script)

    def uninstall(self):
        self.host("module", "uninstall", ADDON)

    # ------------------------------------------------------------------
    # Tests
    # ------------------------------------------------------------------

    def test_nothing_is_left_behind(self):
        schema = self.look(image.schema)
        columns = self.look(image.columns)
        registers = self.look(image.rows, image.registers(columns), columns)
        self.install()
        self.run_script("use.py")
        tables = set(columns) - {*registers, *image.RESTLESS}
        # Of the messages only those on the host's own documents have to stay.
        tables = {table for table in tables if not table.startswith("mail_")}
        chatter = self.look(image.chatter)
        before = self.look(image.rows, tables, columns)
        self.uninstall()
        after = self.look(image.schema)
        self.assertEqual(sorted(after - schema), [], "left behind")
        self.assertEqual(sorted(schema - after), [], "taken along")
        found = image.differences(registers, self.look(image.rows, registers, columns))
        # The bare host's database may be older than an addon beside this one: the host
        # has noted since that there is such a module.
        found = [row for row in found if f'"name": "module_{ADDON}_' not in row]
        self.assertEqual(found, [])
        after = self.look(image.rows, tables, columns)
        self.assertEqual(image.differences(before, after), [])
        self.assertEqual(chatter - self.look(image.chatter), set())

    def test_upgrade(self):
        """From the released version, with reversals in every state."""
        released = self.released_version()
        # A host of that time knew of no addon that installs itself beside it.
        self.look(lambda cr: cr.execute(LATER, [f"{ADDON}_%"]))
        self.install(released)
        self.run_script("released.py", released)
        self.upgrade()
        self.run_script("check.py")
        # What installs itself beside it does so where it is installed anew.
        self.host("server", "-i", CHECK, "--stop-after-init", "--no-http")
        upgraded = self.look(image.schema)
        self.copy(BARE)
        self.install()
        fresh = self.look(image.schema)
        self.assertEqual(sorted(fresh - upgraded), [], "an upgrade lacks it")
        self.assertEqual(sorted(upgraded - fresh), [], "an upgrade leaves it")

    def released_version(self):
        """A folder with the addon as it was released."""
        found = subprocess.run(
            ["git", "archive", RELEASED, ADDON],
            cwd=REPO,
            capture_output=True,
            check=False,
        )
        self.assertFalse(
            found.returncode,
            f"This clone lacks the released version {RELEASED}: get the whole history "
            f"(git fetch --unshallow). {found.stderr.decode()}",
        )
        folder = self.folder / "released"
        with tarfile.open(fileobj=io.BytesIO(found.stdout)) as archive:
            # an archive of our own; a Python before 3.11.4 takes no filter by name
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(folder)
        manifest = (folder / ADDON / "__manifest__.py").read_text()
        self.assertIn('"version": "19.0.1.0.0"', manifest)
        return folder

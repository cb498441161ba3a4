"""A server in a process of its own: real commits, real workers, a real scheduler.

What is tested this way stays in the database, which is thrown away after the tests. A
company of its own keeps it apart from other tests.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tests import HttpCase
from odoo.tests.common import HOST, get_db_name
from odoo.tools import config

from ..crash import commands

SCRIPT = Path(__file__).parent / "server.py"
GROUPS = (
    "base.group_user",
    "sales_team.group_sale_salesman_all_leads",
    "account.group_account_invoice",
    "erp_order_reversal.group_reversal_user",
)


@contextlib.contextmanager
def committed():
    """An environment whose changes others see afterwards."""
    with Registry(get_db_name()).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def wait_until(condition, seconds=600, what="it"):
    """Wait for what other processes do.

    :param seconds: when to give up, far beyond what the slowest machine takes

    :return: the first true result of `condition`
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.1)
    raise AssertionError(f"Waited {seconds} s in vain for {what}.")


class Server:
    """The host's own server on the database of the tests.

    :param options: of its command line
    :param variables: of its environment
    :param limits: constants of the addon, as if a few were many
    """

    def __init__(self, *options, variables=None, **limits):
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = probe.getsockname()[1]
        self.command = [
            sys.executable,
            str(SCRIPT),
            f"--config={config['config']}",
            f"--database={get_db_name()}",
            f"--db-filter=^{get_db_name()}$",
            f"--addons-path={','.join(str(path) for path in config['addons_path'])}",
            f"--data-dir={config['data_dir']}",
            f"--http-interface={HOST}",
            f"--http-port={self.port}",
            f"--gevent-port={self.port + 1}",
            "--log-level=warn",
            *options,
        ]
        self.environment = {
            **os.environ,
            **{f"LIMIT_{name.upper()}": str(value) for name, value in limits.items()},
            **(variables or {}),
        }
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            self.command, env=self.environment, start_new_session=True
        )
        wait_until(self.answers, what="the server")

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError("The server has ended; its log says why.")
        with contextlib.suppress(urllib.error.URLError, OSError):
            url = f"http://{HOST}:{self.port}/web/health"
            return urllib.request.urlopen(url, timeout=5).status == 200

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


class LiveCase(HttpCase):
    """A browser on a server of its own, with what is committed."""

    registry_test_mode = False
    server = None

    @classmethod
    def setUpClass(cls):
        with committed() as env:
            cls.company_id = commands.company(env)["company"]
            cls.login = cls.make_user(env).login
        cls.addClassCleanup(cls.leave_crons_alone())
        cls.server = cls.make_server()
        cls.addClassCleanup(cls.server.stop)
        cls.server.start()
        super().setUpClass()

    @classmethod
    def make_server(cls):
        return Server()

    @classmethod
    def http_port(cls):
        return cls.server.port

    @classmethod
    def make_user(cls, env):
        login = f"live{cls.company_id}"
        return (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": "Live Clerk",
                    "login": login,
                    "password": login,
                    "email": f"{login}@example.com",
                    "company_id": cls.company_id,
                    "company_ids": [Command.set([cls.company_id])],
                    "group_ids": [Command.set([env.ref(name).id for name in GROUPS])],
                }
            )
        )

    @classmethod
    def leave_crons_alone(cls):
        """Only the scheduled work of this addon runs meanwhile.

        :return: a function that lets the others run again
        """
        with committed() as env:
            ours = env.ref("erp_order_reversal.cron_batch")
            others = env["ir.cron"].search([("id", "!=", ours.id)])
            others.active = False

        def restore():
            with committed() as env:
                others.with_env(env).active = True

        return restore

    def settle(self, count, **values):
        """Settled orders of the clerk's company, for everybody to see."""
        with committed() as env:
            return commands.settle(env, self.company_id, count, **values)

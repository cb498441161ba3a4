"""Twenty clerks at once on a server with few connections: what it costs them.

Each clerk is a client of its own over HTTP, who takes back one order after the other.
Each request appends to the one chain of the audit log, with a second connection for a
moment: does that starve the others?
"""

import http.cookiejar
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import settled
from measure import table

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tools import config

CLERKS = 20
GROUPS = (
    "base.group_user",
    "sales_team.group_sale_salesman_all_leads",
    "account.group_account_invoice",
    "erp_order_reversal.group_reversal_user",
)
HOST = "127.0.0.1"


def main(connection: list[str], orders: int, connections: int = 8) -> str:
    """Measure and return the table.

    :param int orders: how many each clerk takes back
    :param int connections: `db_maxconn` of the server
    """
    config.parse_config([*connection, "--log-level=error"], setup_logging=True)
    database = config["db_name"][0]
    rows = []
    # As many threads as connections: each needs a second one for a moment.
    for name, workers, threads in (
        ("2 workers", 2, ""),
        (f"{connections} threads", 0, str(connections)),
    ):
        work = _build(database, f"BENCH-CLERKS-{workers}", orders)
        server = Server(connection, workers, connections, threads)
        try:
            rows.append([name, *_measure(server, work)])
        finally:
            server.stop()
        _check(database)
    head = ["server", "clerks", "orders", "refused", "orders/s", "median s", "95 % s"]
    return table(head, rows)


class Server:
    """The host's own server with a small pool of connections."""

    def __init__(self, connection, workers, connections, threads=""):
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = probe.getsockname()[1]
        # The host starts its worker for the bus by the path of its own script.
        self.script = tempfile.NamedTemporaryFile("w", suffix=".py")
        self.script.write("import odoo.cli\n\nodoo.cli.main()\n")
        self.script.flush()
        self.process = subprocess.Popen(
            [
                sys.executable,
                self.script.name,
                *connection,
                f"--db-filter=^{config['db_name'][0]}$",
                f"--data-dir={config['data_dir']}",
                f"--http-interface={HOST}",
                f"--http-port={self.port}",
                f"--gevent-port={self.port + 1}",
                f"--workers={workers}",
                f"--db_maxconn={connections}",
                "--max-cron-threads=0",
                "--log-level=error",
            ],
            start_new_session=True,
            # Else each request is a thread, and more of them than connections fail.
            env={**os.environ, "ODOO_MAX_HTTP_THREADS": threads},
        )
        end = time.monotonic() + 90
        while not self._answers():
            if time.monotonic() > end:
                self.stop()
                raise TimeoutError("The server does not answer.")
            time.sleep(0.2)

    def _answers(self):
        try:
            url = f"http://{HOST}:{self.port}/web/health"
            return urllib.request.urlopen(url, timeout=5).status == 200
        except OSError:
            return False

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Clerk:
    """A client with a session of its own."""

    def __init__(self, server, database, login):
        self.url = f"http://{HOST}:{server.port}"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        self.call(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": login},
        )

    def call(self, path, params):
        """:raise RuntimeError: what the server refuses"""
        request = urllib.request.Request(
            self.url + path,
            json.dumps({"jsonrpc": "2.0", "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        with self.opener.open(request, timeout=300) as response:
            answer = json.load(response)
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer["result"]

    def run(self, model, method, *arguments):
        return self.call(
            f"/web/dataset/call_kw/{model}/{method}",
            {
                "model": model,
                "method": method,
                "args": list(arguments),
                "kwargs": {},
            },
        )


def _build(database, tag, orders):
    """:return: (reason, [(login, its orders)])"""
    with Registry(database).cursor() as cr:
        env = settled.work_env(api.Environment(cr, SUPERUSER_ID, {}))
        ids = settled.build(env, tag, CLERKS * orders).ids
        groups = [env.ref(name).id for name in GROUPS]
        shares = []
        for number in range(CLERKS):
            login = f"{tag}-{number}".lower()
            if not env["res.users"].search([("login", "=", login)]):
                env["res.users"].with_context(no_reset_password=True).create(
                    {
                        "name": login,
                        "login": login,
                        "password": login,
                        "email": f"{login}@example.com",
                        "company_id": env.company.id,
                        "company_ids": [Command.set(env.company.ids)],
                        "group_ids": [Command.set(groups)],
                    }
                )
            shares.append((login, ids[number::CLERKS]))
        reason = env.ref("erp_order_reversal.reason_operation_mistake").id
    return database, reason, shares


def _measure(server, work):
    database, reason, shares = work
    times, errors = [], []
    gate = threading.Barrier(CLERKS)

    # One after the other: logging in is the host's own, and hashes for long.
    clerks = [Clerk(server, database, login) for login, _orders in shares]

    def take_back(clerk, orders):
        gate.wait()
        for order in orders:
            began = time.perf_counter()
            try:
                [reversal] = clerk.run(
                    "order.reversal",
                    "create",
                    [{"order_id": order, "reason_id": reason}],
                )
                clerk.run("order.reversal", "action_submit", [reversal])
            except (RuntimeError, OSError) as error:
                errors.append(str(error))
            times.append(time.perf_counter() - began)

    threads = [
        threading.Thread(target=take_back, args=(clerk, orders))
        for clerk, (_login, orders) in zip(clerks, shares, strict=True)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    for error in sorted(set(errors)):
        print(f"refused: {error}", file=sys.stderr)
    times.sort()
    return (
        CLERKS,
        len(times),
        len(errors),
        f"{(len(times) - len(errors)) / seconds:.2f}",
        f"{times[len(times) // 2]:.1f}",
        f"{times[int(len(times) * 0.95)]:.1f}",
    )


def _check(database):
    """Fail unless the chain is whole."""
    with Registry(database).cursor() as cr:
        env = settled.work_env(api.Environment(cr, SUPERUSER_ID, {}))
        chain = env["order.reversal.log"].verify_chain(env.company)
        assert chain["intact"], chain

"""A host with demo data, for people to look at."""

import fcntl
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

from . import browser, paths
from .database import Databases
from .shell import Missing, say
from .testing import free_port
from .workshop import bring_up

PORT = 8069
#: Where links lead, and where the printed page gets its styles and pictures.
ADDRESS_KEYS = ("web.base.url", "report.url")
SET = (
    "INSERT INTO ir_config_parameter (key, value) VALUES ('{key}', '{value}') "
    "ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value"
)
#: Users of the demo data, each with the login as password, and what they may do.
LOGINS = {
    "admin": "everything",
    "clerk": "sells, and takes back its orders",
    "requester": "asks for a reversal",
    "approver": "approves what others ask for",
    "accountant": "invoices, payments, and reversals",
    "auditor": "reads reversals and their log",
    "fang": "as the auditor, in 简体中文",
}
#: Outcomes are told in each language that somebody reads.
READER = (
    "UPDATE res_partner SET lang = 'zh_CN' "
    "WHERE id = (SELECT partner_id FROM res_users WHERE login = 'fang')"
)


def main(port: int) -> int:
    """Start the demo, stay until it is stopped."""
    paths.CLONE.mkdir(parents=True, exist_ok=True)
    with (paths.CLONE / "demo.address").open("a+") as running:
        try:
            fcntl.flock(running, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running.seek(0)
            say(f"The demo of this clone is running already: {running.read().strip()}")
            return 0
        workshop = bring_up(browser.require_pdf)
        databases = Databases(workshop)
        database = databases.demo()
        port = free_port(port or PORT)
        address = f"http://localhost:{port}"
        running.truncate(0)
        running.write(address)
        running.flush()
        return _serve(workshop, databases, database, port, address)


def _serve(workshop, databases, database: str, port: int, address: str) -> int:
    """Run the server in the foreground."""
    say(f"Starting the server on {address}")
    for key in ADDRESS_KEYS:
        databases.server.sql(SET.format(key=key, value=address), database=database)
    databases.server.sql(READER, database=database)
    command = [
        workshop.python, "-m", "odoo",
        "-c", workshop.config,
        "-d", database,
        f"--db-filter=^{database}$",
        f"--http-port={port}",
        "--max-cron-threads=1",
    ]  # fmt: skip
    if paths.has_queue():
        command.append("--load=base,rpc,web,queue_job")
    server = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        env=workshop.environment(),
        cwd=paths.REPO,
    )
    # what ends this process also ends the server, from a background job too
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        _wait_for(address, server)
        _welcome(address, databases, database)
        return max(server.wait(), 0)
    except KeyboardInterrupt:
        say("Stopping")
        # a terminal has told the server as well; a second signal would kill it
        try:
            server.wait(timeout=5)
        except subprocess.TimeoutExpired:
            server.terminate()
            server.wait()
        return 0
    finally:
        if server.poll() is None:
            server.terminate()


def _wait_for(address: str, server: subprocess.Popen) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise Missing("The server has stopped; what it said stands above.")
        try:
            with urllib.request.urlopen(f"{address}/web/login", timeout=60) as page:
                if page.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    server.terminate()
    raise Missing(f"The server does not answer on {address}.")


def _welcome(address: str, databases: Databases, database: str) -> None:
    """Print where to go and who may log in."""
    query = "SELECT login FROM res_users WHERE active"
    present = set(databases.server.sql(query, database=database).splitlines())
    lines = [
        f"  {login:<12}{login:<12}{purpose}"
        for login, purpose in LOGINS.items()
        if login in present
    ]
    print(
        "\n".join(
            [
                "",
                f"  {address}",
                "",
                f"  {'login':<12}{'password':<12}",
                *lines,
                "",
                "  English and 简体中文: the user's menu, My Preferences, Language.",
                "  Stop with Ctrl-C." if os.isatty(0) else "  Runs until stopped.",
                "",
            ]
        ),
        flush=True,
    )

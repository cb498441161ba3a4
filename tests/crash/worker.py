"""Real workers for the crash tests: each command runs in a process of its own.

The host is loaded once; commands come as JSON lines on the standard input and are
carried out by forks, which a test may kill at any moment.
"""

import json
import os
import random
import signal
import sys
import traceback

import commands

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

# Answered with the process that carries them out, which goes on by itself.
BACKGROUND = ("work", "edit", "reverse", "change", "entangle", "send")


def main():
    config.parse_config([*sys.argv[1:], "--log-level=critical"], setup_logging=True)
    database = config["db_name"][0]
    Registry(database)
    sql_db.close_all()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    answer({"ready": True})
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] in BACKGROUND:
            answer({"pid": fork(database, command)})
        else:
            result = os.pipe()
            fork(database, command, result)
            os.close(result[1])
            with os.fdopen(result[0]) as pipe:
                answer(json.loads(pipe.read() or '{"error": "it died"}'))


def answer(values):
    print(json.dumps(values), flush=True)


def fork(database, command, result=None):
    pid = os.fork()
    if pid:
        return pid
    status = 0
    try:
        random.seed()
        with Registry(database).cursor() as cr:
            # The registry gives all forks the name of their parent.
            cr.execute(
                "SELECT set_config('application_name', %s, false)",
                [commands.name_of(os.getpid())],
            )
            cr.commit()
            env = api.Environment(cr, SUPERUSER_ID, {})
            values = getattr(commands, command["do"])(env, *command.get("with", []))
            cr.commit()
    except BaseException:  # a fork must not run on into its parent's loop
        status = 1
        values = {"error": traceback.format_exc()}
    if result:
        os.write(result[1], json.dumps(values).encode())
    elif status:
        sys.stderr.write(values["error"])
    os._exit(status)


if __name__ == "__main__":
    main()

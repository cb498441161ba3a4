"""Benchmarks on a real host: python bench/run.py --config=… --database=… [WHAT…].

The database is a throw-away copy (`make bench` makes one): settled orders are built
and committed in it. Tables are printed as Markdown.
"""

import argparse
import json
import sys

import bulk
import chain
import check
import clerks
import contention
import jobs
import large
import rehearse
import selection
import single
import where
import workers

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

BENCHES = (
    "single",
    "rehearse",
    "bulk",
    "selection",
    "chain",
    "check",
    "workers",
    "clerks",
)
# Needs another database: make bench BENCH="--flavour queue jobs".
WITH_QUEUE = "jobs"


def main() -> int:
    """Run what is asked for, all by default."""
    options = _parser().parse_args()
    connection = [f"--config={options.config}", f"--database={options.database}"]
    if options.child:
        mode, size = options.child
        print(json.dumps(_run_child(connection, mode, int(size))))
        return 0
    for bench in options.bench or BENCHES:
        sizes = options.n or ([100_000] if bench == "large" else [50, 200])
        if bench == "single":
            print(_in_host(connection, single.main, options.rounds or 20), flush=True)
        elif bench == "rehearse":
            print(_in_host(connection, rehearse.main, options.rounds or 15), flush=True)
        elif bench == "large":
            size, rounds = sizes[0], options.rounds or 5
            print(large.main(connection, options.large, size, rounds), flush=True)
        elif bench == "where":
            print(_in_host(connection, where.main, options.jobs or []), flush=True)
        elif bench == "bulk":
            modes = options.modes.split(",")
            rounds = options.rounds or 1
            print(bulk.main(connection, sizes, modes, rounds), flush=True)
        elif bench == "selection":
            sizes = [1000, 10_000]
            print(_in_host(connection, selection.main, sizes), flush=True)
        elif bench == "chain":
            share = options.rounds or 15
            print(chain.main(connection, [1, 2, 4], share), flush=True)
        elif bench == "clerks":
            print(clerks.main(connection, options.rounds or 3), flush=True)
        elif bench == "check":
            sizes = [1, 80, 1000]
            print(_in_host(connection, check.main, sizes), flush=True)
        elif bench == "workers":
            beside = options.beside
            counts = options.workers or [1, 2]
            print(workers.main(connection, counts, sizes, beside), flush=True)
        elif bench == "contention":
            counts, share = options.workers or [1, 2, 4, 8], options.rounds or 100
            print(contention.main(connection, counts, share), flush=True)
        elif bench == WITH_QUEUE:
            counts = options.workers or [1, 2]
            print(jobs.main(connection, counts, sizes), flush=True)
        print()
    return 0


def _run_child(connection, mode, size):
    """One measurement in a process of its own."""
    if mode == "large-fill":
        return _in_host(connection, large.child_fill, size)
    if mode == "large":
        return _in_host(connection, large.child, size)
    return _in_host(connection, bulk.child, mode, size)


def _in_host(connection, function, *arguments):
    config.parse_config([*connection, "--log-level=error"], setup_logging=True)
    with Registry(config["db_name"][0]).cursor() as cr:
        result = function(api.Environment(cr, SUPERUSER_ID, {}), *arguments)
        cr.rollback()
        return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", nargs="*", help=f"of {', '.join(BENCHES)}")
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--rounds", type=int, help="repeat so often")
    parser.add_argument("--n", type=int, nargs="+", help="orders")
    parser.add_argument("--large", help="name of the large database")
    parser.add_argument("--workers", type=int, nargs="+", help="processes")
    parser.add_argument(
        "--beside", action="store_true", help="the dialog opens beside workers"
    )
    parser.add_argument("--jobs", nargs="*", help="of single, by parts of their names")
    parser.add_argument("--modes", default=",".join(bulk.MODES))
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())

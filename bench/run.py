"""Benchmarks on a real host: python bench/run.py --config=… --database=… [WHAT…].

The database is a throw-away copy (`make bench` makes one): settled orders are built
and committed in it. Tables are printed as Markdown.
"""

import argparse
import sys

import single

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

BENCHES = ("single",)


def main() -> int:
    options = _parser().parse_args()
    arguments = ["--config", options.config, "--database", options.database]
    if options.addons_path:
        arguments += ["--addons-path", options.addons_path]
    config.parse_config([*arguments, "--log-level=error"], setup_logging=True)
    for bench in options.bench or BENCHES:
        with Registry(options.database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if bench == "single":
                print(single.main(env, options.rounds), flush=True)
            cr.rollback()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", nargs="*", help=f"of {', '.join(BENCHES)}")
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--addons-path")
    parser.add_argument("--rounds", type=int, default=20)
    return parser


if __name__ == "__main__":
    sys.exit(main())

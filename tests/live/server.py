"""The host's command line, with limits of the addon that make a few orders many."""

import os
import sys
import time

import odoo.cli
from odoo.modules.registry import Registry

MODELS = "odoo.addons.erp_order_reversal.models."
QUEUE = "odoo.addons.erp_order_reversal_queue.models.order_reversal_batch"
PLACES = {
    "CHUNK": [MODELS + "order_reversal_batch.work", QUEUE],
    "DIRECT_LIMIT": [MODELS + "order_reversal_batch.control"],
    "BUSY_PAUSE": [QUEUE],
}


def limit():
    """Set the constants that the environment names."""
    for name, places in PLACES.items():
        value = os.environ.get(f"LIMIT_{name}")
        for place in places:
            if value and place in sys.modules:
                setattr(sys.modules[place], name, int(value))


def slow_down():
    """Let a chunk of a few orders take as long as one of many."""
    pause = float(os.environ.get("LIMIT_PAUSE", 0))
    if pause:
        module = sys.modules[MODELS + "order_reversal_batch.work"]
        original = module.OrderReversalBatch._commit_work

        def commit_work(batch, worked):
            if worked:
                time.sleep(pause)
            return original(batch, worked)

        module.OrderReversalBatch._commit_work = commit_work


class LimitedRegistry:
    """Wraps the loading of a database."""

    load = Registry.__dict__["new"].__func__

    @classmethod
    def new(cls, *arguments, **options):
        registry = cls.load(Registry, *arguments, **options)
        limit()
        slow_down()
        return registry


Registry.new = staticmethod(LimitedRegistry.new)
odoo.cli.main()

"""Which orders a reversal took back, and whether they are settled again."""

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every


def migrate(cr, version):
    """Compute both for the reversals that were done before."""
    model = api.Environment(cr, SUPERUSER_ID, {})["order.reversal"]
    done = model.search([("state", "=", "done")], order="id").ids
    for part in split_every(1000, done, model.browse):
        for name in ("taken_back_order_ids", "settled_again_state"):
            model.env.add_to_compute(model._fields[name], part)
        model.env.flush_all()
        model.env.invalidate_all()

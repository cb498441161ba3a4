from dataclasses import dataclass

from odoo import api, models
from odoo.tools import LazyTranslate

# Tables are made before there is an environment: `env._` translates them later.
# pylint: disable=prefer-env-translation
_lt = LazyTranslate(__name__)


@dataclass(frozen=True)
class Fix:
    """What one click does about a difference of a draft invoice."""

    model: str
    method: str
    label: object


# By the key that the rules give (`Difference.fix`).
FIXES = {
    "quantity": Fix(
        "account.move.line", "action_take_order_quantity", _lt("Take what is left")
    ),
    "remove": Fix("account.move.line", "unlink", _lt("Remove the line")),
    "price": Fix(
        "account.move.line", "action_take_order_price", _lt("Take the order's price")
    ),
    "discount": Fix(
        "account.move.line",
        "action_take_order_discount",
        _lt("Take the order's discount"),
    ),
    "tax": Fix(
        "account.move.line", "action_take_order_tax", _lt("Take the order's taxes")
    ),
    "unit": Fix(
        "account.move.line", "action_take_order_unit", _lt("Take the order's unit")
    ),
    "product": Fix(
        "account.move.line",
        "action_take_order_product",
        _lt("Take the order's product"),
    ),
    "terms": Fix(
        "account.move", "action_take_order_terms", _lt("Take the order's terms")
    ),
    "fiscal_position": Fix(
        "account.move",
        "action_take_order_fiscal_position",
        _lt("Take the order's fiscal position"),
    ),
    "customer": Fix(
        "account.move", "action_take_order_customer", _lt("Take the order's customer")
    ),
    "delivery_address": Fix(
        "account.move",
        "action_take_order_delivery_address",
        _lt("Take the order's address"),
    ),
}


class SettlementCheckFix(models.AbstractModel):
    """The one click that takes over what the order says."""

    _name = "settlement.check.fix"
    _description = "Settlement Check Fix"

    @api.model
    def _get_call(self, item):
        """The fix of a difference, as the host's banner calls it.

        :param item: `Difference`
        :return: {"action_text", "action_call"}; empty where there is none, or the
            invoice is posted, or the user may not change it
        """
        if not item.fix or item.owner[0] != "account.move":
            return {}
        invoice = self.env["account.move"].browse(item.owner[1])
        if invoice.state != "draft" or not invoice.has_access("write"):
            return {}
        fix = FIXES[item.fix]
        return {
            "action_text": self.env._(fix.label),
            "action_call": (fix.model, fix.method, [item.record[1]]),
        }

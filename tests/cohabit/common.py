"""What the tests of the glue addons share."""

from odoo import Command

from ..common import ReversalCase


class CohabitCase(ReversalCase):
    """A company beside the other addons of the host that tie themselves to orders."""

    @classmethod
    def make_service(cls, **values):
        """A service like the others, with what an addon knows of it."""
        return cls.env["product.product"].create(
            {
                "type": "service",
                "invoice_policy": "order",
                "list_price": 100.0,
                "taxes_id": [Command.set(cls.tax.ids)],
                "property_account_income_id": cls.company_data[
                    "default_account_revenue"
                ].id,
                **values,
            }
        )

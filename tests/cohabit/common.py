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

    @classmethod
    def make_money_program(cls, name, kind, product, **rule):
        """A program whose cards hold what `product` costs, to pay with later.

        :param str kind: `gift_card` or `ewallet`
        """
        return cls.env["loyalty.program"].create(
            {
                "name": name,
                "program_type": kind,
                "applies_on": "future",
                "trigger": "auto",
                "rule_ids": [
                    Command.create(
                        {
                            "reward_point_amount": 1,
                            "reward_point_mode": "money",
                            "product_ids": [Command.set(product.ids)],
                            **rule,
                        }
                    )
                ],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "per_point",
                            "discount": 1,
                            "discount_applicability": "order",
                            "required_points": 1,
                        }
                    )
                ],
            }
        )

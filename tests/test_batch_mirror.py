"""A mirrored credit note equals the one that the host's own reversal makes."""

from odoo import Command, fields

from .batch import BatchCase
from .common import ReversalCase

HEADER = (
    "move_type",
    "date",
    "invoice_date",
    "invoice_date_due",
    "partner_id",
    "partner_shipping_id",
    "currency_id",
    "invoice_currency_rate",
    "fiscal_position_id",
    "invoice_payment_term_id",
    "invoice_cash_rounding_id",
    "invoice_origin",
    "invoice_user_id",
    "team_id",
    "campaign_id",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "amount_residual",
    "payment_state",
    "reversed_entry_id",
)
LINE = (
    "display_type",
    "name",
    "account_id",
    "partner_id",
    "product_id",
    "product_uom_id",
    "quantity",
    "price_unit",
    "discount",
    "currency_id",
    "amount_currency",
    "balance",
    "price_subtotal",
    "price_total",
    "tax_ids",
    "tax_line_id",
    "tax_repartition_line_id",
    "tax_tag_ids",
    "tax_base_amount",
    "group_tax_id",
    "analytic_distribution",
    "date_maturity",
    "sale_line_ids",
    "reconciled",
)


class TestMirror(ReversalCase):
    def image_of(self, credit):
        def plain(record, name):
            value = record[name]
            return tuple(sorted(value.ids)) if hasattr(value, "ids") else value

        header = {name: plain(credit, name) for name in HEADER}
        lines = sorted(
            (tuple(plain(line, name) for name in LINE) for line in credit.line_ids),
            key=str,
        )
        return header, lines

    def assertMirrors(self, invoice, but=()):
        """Reverse twice, by the host and by the mirror, and compare.

        :param but: lines on these accounts of the invoice may differ
        """
        terms = invoice.invoice_payment_term_id
        mixed = terms.early_pay_discount_computation == "mixed"
        defaults = {
            "invoice_payment_term_id": mixed and terms.id,
            "date": self.today(),
            "invoice_date": self.today(),
            "invoice_date_due": self.today(),
            "invoice_currency_rate": invoice.invoice_currency_rate,
            "ref": "Reversed",
        }
        images = []
        for mirror in (False, True):
            with self.env.cr.savepoint() as savepoint:
                if mirror:
                    invoice.line_ids.remove_move_reconcile()
                    credit = invoice._reversal_create_mirrors([dict(defaults)])
                    credit._reversal_post_mirrors()
                else:
                    credit = invoice._reverse_moves([dict(defaults)], cancel=True)
                images.append(self.image_of(credit))
                savepoint.rollback()
            self.env.invalidate_all()
        (header, lines), (own_header, own_lines) = images
        self.assertEqual(own_header, header)
        self.assertEqual(len(own_lines), len(lines))
        skipped = {(account.id,) for account in but}
        for own, line in zip(own_lines, lines, strict=True):
            own = dict(zip(LINE, own, strict=True))
            line = dict(zip(LINE, line, strict=True))
            if own["account_id"] in skipped:
                line["account_id"] = own["account_id"]
            self.assertEqual(own, line)

    # ------------------------------------------------------------------

    def tagged_tax(self, name, **values):
        """A tax with other tags on invoices than on credit notes."""
        tags = self.env["account.account.tag"].create(
            [
                {"name": f"{name} {kind}", "applicability": "taxes"}
                for kind in ("base", "tax", "refund base", "refund tax")
            ]
        )

        def lines(base, tax):
            return [
                Command.create(
                    {"repartition_type": "base", "tag_ids": [Command.set(base.ids)]}
                ),
                Command.create(
                    {
                        "repartition_type": "tax",
                        "account_id": self.company_data["default_account_tax_sale"].id,
                        "tag_ids": [Command.set(tax.ids)],
                    }
                ),
            ]

        return self.env["account.tax"].create(
            {
                "name": name,
                "amount": 15.0,
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "invoice_repartition_line_ids": lines(tags[0], tags[1]),
                "refund_repartition_line_ids": lines(tags[2], tags[3]),
                **values,
            }
        )

    def test_plain(self):
        self.assertMirrors(self.settle()[1])

    def test_taxes_with_tags(self):
        first = self.tagged_tax("First", include_base_amount=True, sequence=1)
        second = self.tagged_tax("Second", amount=7.0, sequence=2)
        included = self.tagged_tax(
            "Included", amount=5.0, price_include_override="tax_included"
        )
        for taxes in (first, first | second, included, first | included):
            self.services[0].taxes_id = taxes
            self.assertMirrors(self.settle()[1])

    def test_group_of_taxes(self):
        parts = self.tagged_tax("Part", amount=3.0) | self.tagged_tax("Rest")
        self.services.taxes_id = self.env["account.tax"].create(
            {
                "name": "Group",
                "amount_type": "group",
                "type_tax_use": "sale",
                "company_id": self.company.id,
                "children_tax_ids": [Command.set(parts.ids)],
            }
        )
        self.assertMirrors(self.settle()[1])

    def test_installments(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 30)
                ],
            }
        )
        order = self.make_order(payment_term_id=terms.id)
        self.assertMirrors(self.invoice(order))

    def test_early_payment_discount(self):
        for mode in ("included", "mixed", "excluded"):
            terms = self.env["account.payment.term"].create(
                {
                    "name": f"Early {mode}",
                    "early_discount": True,
                    "discount_percentage": 2,
                    "discount_days": 7,
                    "early_pay_discount_computation": mode,
                    "line_ids": [
                        Command.create(
                            {"value": "percent", "value_amount": 100, "nb_days": 30}
                        )
                    ],
                }
            )
            order = self.make_order(payment_term_id=terms.id)
            self.assertMirrors(self.invoice(order))

    def test_cash_rounding(self):
        """The host books a profit back as a loss; the mirror uses its account."""
        for strategy in ("add_invoice_line", "biggest_tax"):
            rounding = self.env["account.cash.rounding"].create(
                {
                    "name": strategy,
                    "rounding": 0.5,
                    "strategy": strategy,
                    "profit_account_id": self.company_data[
                        "default_account_revenue"
                    ].id,
                    "loss_account_id": self.company_data["default_account_expense"].id,
                }
            )
            self.services[0].list_price = 100.13
            order = self.make_order()
            invoice = self.invoice(
                order, post=False, invoice_cash_rounding_id=rounding.id
            )
            invoice.action_post()
            line = invoice.line_ids.filtered(lambda x: x.display_type == "rounding")
            self.assertMirrors(invoice, but=line.account_id)

    def test_foreign_currency(self):
        currency = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.8)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": currency.id}
        )
        order = self.make_order(pricelist_id=pricelist.id)
        invoice = self.invoice(order)
        self.env["res.currency.rate"].create(
            {
                "name": self.today(),
                "rate": 1.25,
                "currency_id": currency.id,
                "company_id": self.company.id,
            }
        )
        self.assertMirrors(invoice)

    def test_discounts_sections_and_analytics(self):
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        analytic = self.env["account.analytic.account"].create(
            {"name": "Project", "plan_id": plan.id, "company_id": self.company.id}
        )
        order = self.make_order()
        order.order_line[0].discount = 12.5
        order.order_line[1].analytic_distribution = {str(analytic.id): 100}
        order.write(
            {
                "order_line": [
                    Command.create({"display_type": "line_section", "name": "Part"}),
                    Command.create({"display_type": "line_note", "name": "Note"}),
                ]
            }
        )
        self.assertMirrors(self.invoice(order))

    def test_discount_account(self):
        self.company.account_discount_expense_allocation_id = self.company_data[
            "default_account_expense"
        ]
        order = self.make_order()
        order.order_line.discount = 10.0
        self.assertMirrors(self.invoice(order))

    def test_down_payment(self):
        order = self.make_order()
        self.assertMirrors(self.down_payment(order))

    def test_cash_basis(self):
        self.company.tax_exigibility = True
        transition = self.company_data["default_account_tax_sale"].copy()
        transition.reconcile = True
        self.services.taxes_id = self.tagged_tax(
            "On payment",
            tax_exigibility="on_payment",
            cash_basis_transition_account_id=transition.id,
        )
        self.assertMirrors(self.invoice(self.make_order()))

    def test_today_is_another_day(self):
        invoice = self.invoice(
            self.make_order(), date=fields.Date.subtract(self.today(), months=2)
        )
        self.assertMirrors(invoice)


class TestForeignOverride(BatchCase):
    """Another addon that overrides the host's reversal is asked, in bulk, too."""

    def test_its_override_runs(self):
        orders = self.settle_many(3)
        seen = []

        def _reverse_moves(moves, default_values_list=None, cancel=False):
            seen.append(len(moves))
            for values in default_values_list:
                values["narration"] = "Made by the other addon"
            return super(Other, moves)._reverse_moves(default_values_list, cancel)

        model = self.env.registry["account.move"]
        Other = type(
            "Other",
            (),
            {
                "_module": "other",
                "_name": "account.move",
                "_reverse_moves": _reverse_moves,
            },
        )
        bases = model.__bases__
        model.__bases__ = (bases[0], Other, *bases[1:])
        self.addCleanup(self.env.registry.clear_cache)
        self.addCleanup(setattr, model, "__bases__", bases)
        self.env.registry.clear_cache()
        batch = self.batch(orders, invoice_method="credit_note")
        batch.action_start()
        self.assertEqual(batch.done_count, 3, batch.reversal_ids.mapped("error"))
        self.assertEqual(seen, [3])
        credits = orders.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertEqual(len(credits), 3)
        for credit in credits:
            self.assertIn("other addon", credit.narration)
        self.assertEqual(
            set((orders.invoice_ids - credits).mapped("payment_state")), {"reversed"}
        )

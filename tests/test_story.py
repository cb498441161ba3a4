"""The log reads like a story, in the reader's language, with seconds and currency."""

from .common import ReversalCase


class TestStory(ReversalCase):
    def story(self, reversal, **context):
        return reversal.with_context(**context).log_ids.mapped("detail_text")

    def test_who_did_what_to_which_document_and_why(self):
        order, invoice, payment = self.settle()
        reversal = self.reverse(order, note="The customer called.")
        text = "\n".join(self.story(reversal))
        asked = self.story(reversal)[0]
        self.assertTrue(asked.startswith(f"clerk_t: Requested {order.name}"), asked)
        self.assertIn(f"because: {self.reason.name}", asked)
        self.assertIn("The customer called.", asked)
        self.assertIn("Sales Order → Cancelled", text)
        self.assertIn(f"clerk_t: Cancelled {order.name}", text)
        symbol = self.company.currency_id.symbol
        steps = [
            row.detail_text for row in reversal.log_ids if row.detail.get("amount")
        ]
        self.assertTrue(steps)
        for line in steps:
            self.assertIn(symbol, line)
        for document in (order, invoice, payment):
            self.assertIn(document.name, text)

    def test_a_foreign_currency_is_named(self):
        other = self.setup_other_currency("EUR")
        row = (
            self.env["order.reversal.log"]
            .sudo()
            ._record(
                [
                    {
                        "event": "step",
                        "company": self.company,
                        "detail": {"amount": 12.5, "currency": other.name},
                    }
                ]
            )
        )
        self.assertIn(other.symbol, row.detail_text)

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(
            ["erp_order_reversal"], ["zh_CN"]
        )
        order, _invoice, _payment = self.settle()
        reversal = self.reverse(order)
        texts = self.story(reversal, lang="zh_CN")
        self.assertIn("原因", texts[0])
        for text in texts:
            self.assertNotIn("because", text)
            self.assertNotIn("Requested", text)

    def test_what_was_refused_and_what_was_changed_of_the_policy(self):
        self.company.with_user(self.manager).write({"reversal_approval": "always"})
        row = self.env["order.reversal.log"].sudo().search([], order="id desc", limit=1)
        self.assertIn("Approval of Reversals: Never → Always", row.detail_text)
        row = row._record(
            [
                {
                    "event": "refused",
                    "company": self.company,
                    "res_name": "S0",
                    "detail": {"action": "unlink"},
                }
            ]
        )
        self.assertIn("refused: taken apart from its documents S0", row.detail_text)

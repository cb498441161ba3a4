"""Empty lists say what will be there and what to do first."""

from lxml import html

from .common import ReversalCase

OURS = "erp_order_reversal"


class TestEmptyLists(ReversalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")

    def lists(self):
        """Actions of the addons that open a list, by their external id."""
        actions = self.env["ir.actions.act_window"].sudo()
        data = self.env["ir.model.data"].sudo()
        found = data.search(
            [("model", "=", actions._name), ("module", "=like", f"{OURS}%")]
        )
        lists = {
            row.complete_name: actions.browse(row.res_id)
            for row in found
            if {"list", "kanban"} & set(actions.browse(row.res_id).view_mode.split(","))
        }
        self.assertGreater(len(lists), 20)
        return lists

    def words(self, action, lang):
        text = action.with_context(lang=lang).help or ""
        return " ".join(html.fromstring(text).itertext()) if text.strip() else ""

    def test_each_says_it(self):
        for name, action in self.lists().items():
            with self.subTest(action=name):
                english = self.words(action, "en_US")
                chinese = self.words(action, "zh_CN")
                self.assertTrue(english.strip(), "nothing is said")
                self.assertRegex(chinese, "[一-鿿]", "not translated")

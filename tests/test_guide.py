"""Beside each finding *Why?*: its paragraph of the guide, in the user's language."""

import ast
from pathlib import Path

from lxml import etree

from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.tools import file_open

from odoo.addons import erp_order_reversal
from odoo.addons.erp_order_reversal.models.order_settlement import findings, rehearse

from .common import ReversalCase

ADDON = Path(erp_order_reversal.__file__).parent
#: Methods that report a finding; of the last one, the code is the second argument.
SEVERITIES = {"blocker", "warning", "info", "danger", "success"}
REPORTS = {"block": 0, "warn": 0, "inform": 0, "_finding": 1}


def is_code(node):
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.isidentifier()
    )


def codes_of(folder):
    """Codes of findings that an addon's source names.

    Those of the calls that report, and of the tuples (code, message, …) that are
    handed to them: a message is always translated.
    """
    found = set()
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                place = REPORTS.get(node.func.attr)
                if place is not None and len(node.args) > place:
                    found |= {
                        leaf.value
                        for leaf in ast.walk(node.args[place])
                        if is_code(leaf)
                    }
            elif isinstance(node, ast.Tuple) and len(node.elts) > 1:
                second = node.elts[1]
                if not is_code(node.elts[0]):
                    continue
                translated = isinstance(second, ast.Call) and ast.unparse(
                    second.func
                ).endswith("env._")
                classified = isinstance(second, ast.Constant) and (
                    second.value in SEVERITIES
                )
                if translated or classified:
                    found.add(node.elts[0].value)
    # Rows of a table of figures, each with its name, are no findings.
    return found - SEVERITIES - set(rehearse.AMOUNTS)


class TestGuide(ReversalCase):
    def guide(self, user=None):
        return self.env["order.reversal.guide"].with_user(user or self.requester)

    def test_the_source_is_read(self):
        """The collector sees each way in which a code is written."""
        codes = codes_of(ADDON)
        self.assertGreater(len(codes), 60)
        for code in ("date_moved", "payment_shared", "part_twice", "host_refused"):
            self.assertIn(code, codes)
        self.assertIn("nothing_left", codes, findings.__file__)

    def test_each_finding_of_installed_addons_is_explained(self):
        addons = ADDON.parent.glob("erp_order_reversal*/__manifest__.py")
        installed = self.env["ir.module.module"].search([("state", "=", "installed")])
        names = set(installed.mapped("name"))
        explained = set(" ".join(self.guide().search([]).mapped("codes")).split())
        for manifest in addons:
            folder = manifest.parent
            if folder.name in names:
                with self.subTest(addon=folder.name):
                    self.assertFalse(codes_of(folder) - explained)

    def test_each_finding_of_each_addon_is_explained_by_its_data(self):
        """Also of addons that this database doesn't hold."""
        own = " ".join(self.guide().search([]).mapped("codes")).split()
        for manifest in ADDON.parent.glob("erp_order_reversal*/__manifest__.py"):
            data = manifest.parent / "data" / "order_reversal_guide.xml"
            explained = set(own)
            if data.exists():
                fields = etree.parse(data).findall(".//field[@name='codes']")
                explained |= set(" ".join(field.text for field in fields).split())
            with self.subTest(addon=manifest.parent.name):
                self.assertFalse(codes_of(manifest.parent) - explained)

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        english = self.guide().explain("date_moved")
        self.assertIn("closed", english["name"])
        self.assertIn("hard lock", english["body"])
        chinese = self.guide().with_context(lang="zh_CN").explain("date_moved")
        self.assertIn("已结账", chinese["name"])
        self.assertIn("硬锁定", chinese["body"])
        self.assertNotIn("hard lock", chinese["body"])

    def test_each_paragraph_is_translated(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        for paragraph in self.guide().with_context(lang="zh_CN").search([]):
            with self.subTest(paragraph=paragraph.codes):
                self.assertFalse(paragraph.name.isascii())
                self.assertNotRegex(paragraph.body, r">[^<]*[a-z]{3,} [a-z]{3,} [a-z]")

    def test_nothing_comes_from_the_internet(self):
        for paragraph in self.guide().search([]):
            self.assertNotIn("http", paragraph.body)
            self.assertNotIn("src=", paragraph.body)

    def test_pictures_are_shipped_in_each_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        shown = self.guide().search([("picture", "!=", False)])
        self.assertGreater(len(shown), 4)
        for paragraph in shown:
            english = paragraph.picture
            chinese = paragraph.with_context(lang="zh_CN").picture
            self.assertNotEqual(english, chinese)
            for path in (english, chinese):
                with self.subTest(picture=path), file_open(path[1:], "rb") as picture:
                    content = picture.read()
                    self.assertTrue(content.startswith(b"\x89PNG"))
                    self.assertLess(len(content), 120 * 1024)
        code = shown[0].codes.split()[0]
        self.assertEqual(self.guide().explain(code)["picture"], shown[0].picture)

    def test_each_source_says_when_it_was_checked(self):
        """Of each addon, whether this database holds it or not."""
        for path in ADDON.parent.glob("erp_order_reversal*/data/*guide.xml"):
            for record in etree.parse(path).iter("record"):
                fields = {field.get("name"): field for field in record}
                cited = any(h4.text == "Sources" for h4 in record.iter("h4"))
                with self.subTest(paragraph=record.get("id")):
                    self.assertEqual("checked_on" in fields, cited)
        self.env["res.lang"]._activate_lang("zh_CN")
        self.assertIn("2026", self.guide().explain("date_moved")["checked_on"])
        chinese = self.guide().with_context(lang="zh_CN")
        self.assertIn("2026", chinese.explain("date_moved")["checked_on"])
        self.assertFalse(self.guide().explain("draft_invoice")["checked_on"])

    def test_who_may_not(self):
        employee = self._user("employee_t", "base.group_user")
        with self.assertRaises(AccessError):
            self.guide(employee).explain("date_moved")

    def test_bad_codes(self):
        with self.assertRaisesRegex(MissingError, "Guide"):
            self.guide().explain("no_such_code")
        for code in (False, 7, ["date_moved"]):
            with self.assertRaises(ValidationError):
                self.guide().explain(code)

    def test_one_paragraph_a_finding(self):
        with self.assertRaisesRegex(ValidationError, "date_moved"):
            self.guide().sudo().create(
                {"name": "Again", "body": "<p>x</p>", "codes": "date_moved"}
            )

"""The table of `docs/roles.md`, cell by cell, in the web client.

What a role may do has its control on the screen where a person looks for it, and what a
role may not do has none. That the control works, and that the call is refused to the
others, is what `test_roles` shows of the same cells.
"""

import json
from pathlib import Path

import pytest

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .roles import RolesCase, table

SCRIPT = Path(__file__).with_name("roles.js")
ADDON = "erp_order_reversal"
OPEN = {"selector": ".o_form_view"}
EDIT = {"selector": ".o_field_widget[name=note] textarea"}
NEW = {"selector": ".o_list_button_add"}


def button(name, text=""):
    return {"selector": f"button[name={name}]", "text": text}


@tagged("post_install", "-at_install")
class TestRolesWeb(RolesCase, HttpCase):
    def form(self, record):
        return {
            "action": {
                "type": "ir.actions.act_window",
                "res_model": record._name,
                "res_id": record.id,
                "views": [[False, "form"]],
            }
        }

    def rows(self, records):
        """A list of these, of which the first one is selected."""
        return {
            "action": {
                "type": "ir.actions.act_window",
                "res_model": records._name,
                "domain": [["id", "in", records.ids]],
                "views": [[False, "list"]],
            },
            "pick": True,
        }

    def menu(self, name):
        return {"menu": f"{ADDON}.{name}"}

    def own(self, role):
        """What belongs to a role, as if everybody could ask: made by somebody else."""
        user = self.users[role]
        engine = self.env["order.reversal"]._engine_env
        strict = self.reason.sudo().create(
            {"name": f"Asked for {role}", "approval_required": True}
        )
        order = self.own_order(role)
        free = self.request(order, user=self.other)
        bound = self.request(self.own_order(role), user=self.other, reason_id=strict.id)
        (free | bound).action_assess()
        batch = self.make_batch()
        waiting = self.ask(self.own_order(role))
        for records in (free | bound | waiting, batch):
            engine(records).requester_id = user
        return {
            "order": self.form(order),
            "done": self.form(self.own_done(role)),
            "free": self.form(free),
            "bound": self.form(bound),
            "waiting": self.form(waiting),
            "batch": self.form(batch),
        }

    def cells(self, role):
        """[(what the table calls it, the screen, its controls there)]"""
        own = self.own(role)
        draft, done = self.form(self.draft), self.form(self.done)
        waiting, batch = self.form(self.waiting), self.form(self.batch)
        log, heads = self.menu("menu_log"), self.menu("menu_heads")
        approve, submit = button("action_approve"), "action_submit"
        # The host shows it to whoever may delete any.
        delete = {"cog": "Delete", "refused": "draft of"}
        host_cancel = button("action_cancel") | {"refused": " "}
        other = "of somebody else"
        return [
            (
                "Open a reversal of a document",
                own["order"],
                [button("action_open_reversal")],
            ),
            ("Read a reversal of another salesperson's order", done, [OPEN]),
            ("Read a reversal of the own order", own["done"], [OPEN]),
            (f"Change a draft {other}", draft, [EDIT]),
            (f"Submit a draft {other}", draft, [button(submit)]),
            (f"Delete a draft {other}", draft, [delete]),
            (
                "Submit an own draft, carried out at once",
                own["free"],
                [button(submit, "Confirm")],
            ),
            (
                "Submit an own draft, for approval",
                own["bound"],
                [button(submit, "Ask for Approval")],
            ),
            ("Approve what somebody else asked for", waiting, [approve]),
            ("Approve what one asked for oneself", own["waiting"], [approve]),
            (
                "Reject what somebody else asked for",
                waiting,
                [button("action_reject")],
            ),
            (
                "Withdraw what somebody else asked for",
                waiting,
                [button("action_cancel")],
            ),
            ("Restore a reversal", done, [button("action_open_restore")]),
            (
                "Start a bulk reversal of one's own",
                own["batch"],
                [button("action_start")],
            ),
            (f"Start a bulk reversal {other}", batch, [button("action_start")]),
            (f"Change a bulk reversal {other}", batch, [EDIT]),
            (
                f"Let a bulk reversal {other} go on",
                self.form(self.paused),
                [button("action_resume")],
            ),
            *[
                ("Open the order, invoice and payment", self.form(record), [OPEN])
                for record in self.documents
            ],
            ("Print the voucher", done, [button("action_print")]),
            (
                "Read the image of the documents",
                done,
                [button("action_download_snapshot")],
            ),
            ("Download the evidence", done, [{"cog": "Download the Evidence"}]),
            ("Verify the books of a reversal", done, [button("action_verify_books")]),
            ("Verify the chain of the log", log, [button("action_verify_chain")]),
            (
                "Remove personal data from the evidence",
                self.form(self.partner),
                [{"cog": "Remove from the Evidence"}],
            ),
            ("Export the log", log, [button("action_export")]),
            ("Sign the log", heads, [button("action_sign")]),
            ("Make the signing key", heads, [button("action_create_key")]),
            (
                "Set the policy",
                self.menu("menu_policy"),
                [{"selector": ".o_field_widget[name=reversal_guard] input:enabled"}],
            ),
            ("Set the reasons", self.menu("menu_reasons"), [NEW]),
            ("Set the approval limits", self.menu("menu_limits"), [NEW]),
            (
                "Name who stands in for oneself",
                {"action": f"{ADDON}.order_reversal_stand_in_action_own"},
                [NEW],
            ),
            (
                "Remove a cancelled draft",
                self.rows(self.removable),
                [{"cog": "Remove Cancelled"}],
            ),
            (
                "Write or delete the log",
                self.form(self.done.log_ids[0]),
                [
                    {"selector": ".o_form_sheet :is(input, textarea, select)"},
                    {"cog": "Delete"},
                ],
            ),
            (
                "Cancel a settled order past the guard",
                self.form(self.closed),
                [host_cancel],
            ),
        ]

    def pages(self, role):
        """What the script reads: each screen once, with its cells."""
        expected, pages = table(), {}
        cells = self.cells(role)
        self.assertEqual(
            list(dict.fromkeys(what for what, _screen, _controls in cells)),
            list(expected),
            "the rows of the document",
        )
        for what, screen, controls in cells:
            page = pages.setdefault(json.dumps(screen), {**screen, "cells": []})
            page["cells"].append(
                {"what": what, "may": expected[what][role], "controls": controls}
            )
        return list(pages.values())

    @pytest.mark.long
    def test_each_cell(self):
        self.company.reversal_guard = True
        for role, user in self.users.items():
            with self.subTest(role=role), mute_logger("odoo.http", "odoo.sql_db"):
                pages = json.dumps(self.pages(role))
                self.env.flush_all()
                self.browser_js(
                    "/odoo",
                    f"({SCRIPT.read_text()})({pages})",
                    "odoo.isReady === true",
                    login=user.login,
                    timeout=300,
                )

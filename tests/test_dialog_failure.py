"""The server fails where nobody expects it: the dialog says so, and what to do."""

from odoo import api
from odoo.tests import HttpCase
from odoo.tools import mute_logger

from .common import ReversalCase


class TestDialogFailure(ReversalCase, HttpCase):
    def test_an_error_of_the_server(self):
        """Calm, with the server's words folded away; tried again, it goes on."""
        order, _move, _payment = self.settle()
        calls = []
        model = self.env.registry["order.reversal"]
        preview = model.preview_request

        @api.model
        def fail_once(reversal, values):
            calls.append(values)
            if len(calls) == 1:
                raise KeyError("a_word_of_the_server")
            return preview(reversal, values)

        self.patch(model, "preview_request", fail_once)
        with mute_logger("odoo.http"):
            self.start_tour(
                f"/odoo/m-sale.order/{order.id}",
                "order_reversal_server_error",
                login=self.clerk.login,
                timeout=300,
            )
        self.assertGreater(len(calls), 1)
        self.assertEqual(order.state, "sale")

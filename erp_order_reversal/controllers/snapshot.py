from odoo import http
from odoo.http import content_disposition, request


class SnapshotController(http.Controller):
    @http.route(
        "/order_reversal/snapshot/<int:reversal_id>", auth="user", readonly=True
    )
    def download(self, reversal_id):
        """The before-image of a reversal as a JSON file.

        :param int reversal_id: `order.reversal`, which the user may read
        """
        reversal = request.env["order.reversal"].browse(reversal_id).exists()
        if not reversal:
            return request.not_found()
        text = reversal.snapshot_json()
        name = f"{reversal.name.replace('/', '-')}.json"
        return request.make_response(
            text,
            [
                ("Content-Type", "application/json; charset=utf-8"),
                ("Content-Disposition", content_disposition(name)),
            ],
        )

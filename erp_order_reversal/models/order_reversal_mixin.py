from odoo import api, models
from odoo.fields import Domain


class OrderReversalMixin(models.AbstractModel):
    """What a document must answer to be taken back. It adds no field."""

    _name = "order.reversal.mixin"
    _description = "Document that can be taken back"

    # The field of `order.reversal` that holds this document as the root.
    _reversal_root_field = None

    @api.private
    def _reversal_related(self, plan):
        """Documents that are taken back along with these.

        :param Plan plan: the working paper
        :return: list of recordsets
        """
        return []

    def _reversal_findings(self, plan):
        """Add to `plan` what stands against taking these documents back.

        :return: the plan
        """
        return plan

    def _reversal_steps(self, plan):
        """Add to `plan` one step for each operation on each document.

        :return: the plan
        """
        return plan

    def _reversal_fingerprint(self):
        """What must not change between a request and its approval.

        :return: dict of JSON values, for one document
        """
        self.ensure_one()
        return {}

    def _reversal_older_domain(self, limit):
        """Selects the documents that are older than a day.

        :param date limit: the first day that is not too old
        :return: Domain
        """
        return Domain.FALSE

    def _reversal_lies_in_locked_period(self):
        """Whether the document belongs to a period that was closed.

        :return: bool
        """
        self.ensure_one()
        return False

    def _reversal_undo_blockers(self, step):
        """Why a step on this document can't be taken back any more.

        :param step: `order.reversal.step`
        :return: list of sentences, each with what can be done instead
        """
        return []

    def _reversal_open_action(self):
        """The dialog on a new reversal whose root is this document."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reverse %s", self.display_name),
            "res_model": "order.reversal",
            "view_mode": "form",
            "views": [
                (
                    self.env.ref(
                        "erp_order_reversal.order_reversal_view_form_dialog"
                    ).id,
                    "form",
                )
            ],
            "target": "new",
            "context": {
                f"default_{self._reversal_root_field}": self.id,
                "dialog_size": "extra-large",
            },
        }

    def action_open_reversal(self):
        """Open the dialog that takes this document back.

        :return: a window action on `order.reversal`, as a dialog
        """
        self.env["order.reversal"].check_access("create")
        if len(self) == 1:
            return self._reversal_open_action()
        return self.env["order.reversal.batch"]._open_action(self)

    def _reversal_counts(self):
        """How many reversals touched each document: {id: int}."""
        return {
            record_id: len(reversals)
            for record_id, reversals in self._reversal_get_all().items()
        }

    def _reversal_get_all(self):
        """The reversals of each document, as the root or by a step.

        :return: {id: `order.reversal`}
        """
        reversals = self.env["order.reversal"]
        if not self.ids or not reversals.has_access("read"):
            return {}
        found = dict(
            self.env["order.reversal.step"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
                ["reversal_id:recordset"],
            )
        )
        if root := self._reversal_root_field:
            for record, of_root in reversals._read_group(
                [(root, "in", self.ids)], [root], ["id:recordset"]
            ):
                found[record.id] = found.get(record.id, reversals) | of_root
        return found

    def action_view_reversals(self):
        """The reversals of this document."""
        self.ensure_one()
        self.env["order.reversal"].check_access("read")
        found = self._reversal_get_all().get(self.id, self.env["order.reversal"])
        return found._get_records_action(name=self.env._("Reversals"))

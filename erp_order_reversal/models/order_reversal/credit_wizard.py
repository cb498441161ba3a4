from lxml import etree

from odoo import api, fields, models

from ...plan import CreditData
from ..guarded_mixin import marked_fields


class OrderReversal(models.Model):
    """What a reversal tells the host's wizard of a credit note.

    A localisation that asks a person for something there declares the same field here,
    with `request=True, credit_question=True`, and says of which invoices it is asked
    (`account.move._reversal_credit_questions`). The forms show it by themselves.
    """

    _inherit = "order.reversal"

    credit_questions = fields.Char(
        compute="_compute_credit_questions",
        help="Fields that the credit notes of this reversal ask for.",
    )

    def _valid_field_parameter(self, field, name):
        return name == "credit_question" or super()._valid_field_parameter(field, name)

    @api.model
    def _get_credit_question_fields(self):
        """Names of the fields that some localisation asks for, in their order."""
        found = marked_fields(self, "credit_question")
        return [name for name in self._fields if name in found]

    @api.depends("step_ids.res_id", "step_ids.operation")
    def _compute_credit_questions(self):
        for reversal in self:
            credited = reversal.step_ids.filtered(lambda s: s.operation == "credit")
            # sudo: what they ask for, of documents that the plan read as sudo too.
            moves = credited._get_document().sudo() if credited else []
            names = {
                name for move in moves for name in move._reversal_credit_questions()
            }
            reversal.credit_questions = " ".join(sorted(names))

    def _get_credit_wizard_vals(self, move):
        """Values of the host's wizard (`account.move.reversal`) for an invoice.

        Override to give it what a localisation asks of a person.

        :param move: `account.move`, the invoice to credit
        :return: dict
        """
        self.ensure_one()
        known = self.env["account.move.reversal"]._fields
        return {
            "company_id": move.company_id.id,
            "date": self.entry_date,
            "journal_id": self._get_credit_journal(move).id,
            "move_ids": move.ids,
            "reason": self.reason_id.name,
            **self._convert_to_write(
                {
                    name: self[name]
                    for name in move._reversal_credit_questions()
                    if self[name] and name in known
                }
            ),
        }

    def _get_credit_journal(self, move):
        """The journal of the credit note: its invoice's, or what stands in for that.

        :param move: `account.move`, the invoice to credit
        :return: `account.journal`
        """
        self.ensure_one()
        steps = self.step_ids.filtered(
            lambda step: (step.operation, step.res_model, step.res_id)
            == ("credit", move._name, move.id)
        )
        ids = [CreditData.from_json(step.data).journal_id for step in steps]
        return move.journal_id.browse([rid for rid in ids if rid][:1]) or (
            move.journal_id
        )

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Override to show what localisations ask for, below the methods."""
        arch, view = super()._get_view(view_id, view_type, **options)
        names = self._get_credit_question_fields() if view_type == "form" else []
        for group in arch.xpath("//group[@name='how']") if names else []:
            own = etree.SubElement(
                group,
                "group",
                name="credit_questions",
                invisible="not credit_questions",
            )
            etree.SubElement(own, "field", name="credit_questions", invisible="1")
            for name in names:
                etree.SubElement(
                    own,
                    "field",
                    name=name,
                    invisible=f"'{name}' not in (credit_questions or '')",
                    readonly="state != 'draft'",
                    options="{'no_open': True, 'no_create': True}",
                )
        return arch, view

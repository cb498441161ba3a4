from odoo import api, fields, models


class OrderReversal(models.Model):
    """Reversals of practice documents: marked, and nobody else is told of them."""

    _inherit = "order.reversal"

    is_practice = fields.Boolean(
        "Practice",
        compute="_compute_is_practice",
        store=True,
        precompute=True,
        help="What is taken back was made to practise on.",
    )

    @api.depends("order_id", "move_id", "payment_id")
    def _compute_is_practice(self):
        for reversal in self:
            root = reversal._get_root()
            # sudo: the mark alone, of a document that may be read.
            reversal.is_practice = (
                bool(root.sudo().reversal_practice) if root else reversal.is_practice
            )

    def _is_only_practice(self):
        """Whether all that changes was made to practise on."""
        self.ensure_one()
        if not self.is_practice:
            return False
        # sudo: the marks alone.
        reader = self.sudo()
        documents = [step._get_document() for step in reader.step_ids]
        documents += reader.order_id.invoice_ids
        return all(
            document.reversal_practice
            for document in documents
            if "reversal_practice" in document._fields
        )

    def _get_approval_rules(self):
        """Override: what the lesson is about, instead of the company's policy."""
        if not self._is_only_practice():
            return super()._get_approval_rules()
        rules = [self._explain_rights(), self._explain_companies()]
        # sudo: the mark alone.
        if self.sudo().order_id.reversal_practice in ("ask", "approve"):
            rules.append(
                self.env._(
                    "This practice order asks for approval, so that you see how it is "
                    "done."
                )
            )
        return [rule for rule in rules if rule]

    def _draw_names(self):
        """Override: practice has numbers of its own."""
        practice = self.filtered("is_practice")
        super(OrderReversal, practice)._draw_names()
        return super(OrderReversal, self - practice)._draw_names()

    @api.model
    def _get_sequence(self):
        """Override: practice has numbers of its own."""
        if self and all(reversal.is_practice for reversal in self):
            return self._get_practice_sequence()
        return super()._get_sequence()

    @api.model
    def _get_practice_sequence(self):
        # sudo: whoever may ask for a reversal gets a number for it.
        return self.env.ref(
            "erp_order_reversal.sequence_order_reversal_practice"
        ).sudo()

    def _ask_approvers(self):
        """Override: approvers are left in peace."""
        return super(
            OrderReversal, self.filtered(lambda reversal: not reversal.is_practice)
        )._ask_approvers()

    def _get_assignments(self):
        """Override: nobody is given anything to do."""
        return [] if self.is_practice else super()._get_assignments()

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...checks import check_one


class OrderReversalLesson(models.Model):
    """One thing to learn by doing it: a guided tour on practice documents.

    Other addons add lessons by data, and what they are done on by `_make_case`.
    """

    _name = "order.reversal.lesson"
    _description = "Reversal Lesson"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    icon = fields.Char(default="fa-graduation-cap", help="Of Font Awesome.")
    sequence = fields.Integer(default=10)
    case = fields.Char(
        help="What the practice orders of this lesson are for; empty if it needs none."
    )
    tour = fields.Char(required=True, help="Name of the guided tour.")
    url = fields.Char(required=True, help="The page where the tour starts.")
    group_ids = fields.Many2many(
        "res.groups", string="For", help="Whoever holds one of them is offered it."
    )
    is_done = fields.Boolean(
        "Done", compute="_compute_is_done", help="You went through it to the end."
    )

    @api.depends_context("uid")
    def _compute_is_done(self):
        # sudo: which tours the user went through, which only administrators may read.
        tours = self.env["web_tour.tour"].sudo()
        done = tours.search(
            [
                ("name", "in", self.mapped("tour")),
                ("user_consumed_ids", "in", self.env.uid),
            ]
        ).mapped("name")
        for lesson in self:
            lesson.is_done = lesson.tour in done

    def _filter_for_user(self):
        """The lessons that the user's rights are enough for."""
        # sudo: the groups of lessons; only whether the user holds them is used.
        own = self.env.user.sudo().all_group_ids
        return self.filtered(
            lambda lesson: not lesson.sudo().group_ids or lesson.sudo().group_ids & own
        )

    def action_start(self):
        """Make what the lesson is done on, and start its tour.

        :raise AccessError: a lesson for people with other rights
        :raise UserError: an auditor's, before anybody opened practice orders
        :return: an action
        """
        check_one(self)
        self.check_access("read")
        if not self._filter_for_user():
            raise AccessError(
                self.env._(
                    "“%(lesson)s” is for people with the rights: %(groups)s. Choose "
                    "another lesson, or ask your administrator.",
                    lesson=self.name,
                    # sudo: the names of groups, which not everybody may read.
                    groups=", ".join(self.sudo().group_ids.mapped("full_name")),
                )
            )
        url = self.url
        if self.case and (order := self._get_orders()[:1]):
            url = url.format(id=order.id)
        return {
            "type": "ir.actions.act_url",
            "url": f"{url}?tour={self.tour}",
            "target": "self",
        }

    def _get_orders(self):
        practice = self.env["order.reversal.practice"]._get()
        if self.env.user.has_group("erp_order_reversal.group_reversal_user"):
            return practice._prepare_case(self.case)
        # Who may only read practises on what others made.
        if not self.env["order.reversal"].search_count(
            [
                ("is_practice", "=", True),
                ("order_id", "!=", False),
                ("state", "in", ("done", "undone")),
                ("company_id", "=", self.env.company.id),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "Nothing to read yet: ask somebody with the right “Order Reversal: "
                    "User” to take a practice order back, under “Learn”."
                )
            )
        return self.env["sale.order"]


class WebTour(models.Model):
    """After a lesson no tour of the host starts by itself."""

    _inherit = "web_tour.tour"

    @api.model
    def consume(self, tourName):
        """Override: a lesson was asked for, and nothing else.

        The host switches tours on for whoever starts one; it does so by itself for
        administrators alone.
        """
        following = super().consume(tourName)
        # sudo: whether it is a lesson, for whoever goes through a tour of the host.
        lessons = self.env["order.reversal.lesson"].sudo()
        if not lessons.search_count([("tour", "=", tourName)], limit=1):
            return following
        if not self.env.user._is_admin():
            # sudo: the user's own switch.
            self.env.user.sudo().tour_enabled = False
        return False

from odoo import api, fields, models
from odoo.exceptions import AccessError

PANEL = "erp_order_reversal.onboarding_order_reversal"
MANAGER = "erp_order_reversal.group_reversal_manager"


class OnboardingOnboarding(models.Model):
    """First steps of a manager: what is done ticks itself."""

    _inherit = "onboarding.onboarding"

    @api.model
    def _tick_reversal_steps(self):
        """Note the steps that are done in this company, for the host's panel."""
        # sudo: progress is the administrator's to write; what is done follows from the
        # settings of the company.
        panel = self.sudo().env.ref(PANEL, raise_if_not_found=False)
        if not panel:
            return
        panel._search_or_create_progress()
        panel.step_ids.filtered(
            lambda step: step.current_step_state == "not_done"
            and step._is_reversal_step_done()
        ).action_set_just_done()


class OnboardingStep(models.Model):
    """Each first step: where it is done, and how one sees that it is."""

    _inherit = "onboarding.onboarding.step"

    def _is_reversal_step_done(self):
        """Whether it is done in the company of the environment; override point.

        :return: bool
        """
        self.ensure_one()
        conditions = self._get_reversal_conditions()
        key = self.panel_step_open_action_name
        return bool(key in conditions and conditions[key]())

    def _get_reversal_conditions(self):
        """{opening action of a step: function that says whether it is done}."""
        return {
            "action_open_reversal_groups": self._reversal_has_users,
            "action_open_reversal_policy": self._reversal_has_policy,
            "action_open_reversal_reasons": self._reversal_has_reasons,
            "action_open_reversal_guard": lambda: self.env.company.reversal_guard,
            "action_open_reversal_practice": self._reversal_has_practised,
        }

    def _reversal_has_users(self):
        """Somebody besides the administrator may take orders back."""
        group = self.env.ref("erp_order_reversal.group_reversal_user")
        ours = group.all_user_ids.filtered(
            lambda user: user.active and self.env.company in user.company_ids
        )
        return ours - self.env.ref("base.user_root") - self.env.ref("base.user_admin")

    def _reversal_has_policy(self):
        return self.env["order.reversal.log"].search_count(
            [("company_id", "=", self.env.company.id), ("event", "=", "policy")],
            limit=1,
        )

    def _reversal_has_reasons(self):
        """A reason was changed or added by a person."""
        return (
            self.env["order.reversal.reason"]
            .with_context(active_test=False)
            .search_count(
                [
                    ("write_uid", "!=", self.env.ref("base.user_root").id),
                    ("company_id", "in", (False, self.env.company.id)),
                ],
                limit=1,
            )
        )

    def _reversal_has_practised(self):
        return self.env["order.reversal"].search_count(
            [
                ("is_practice", "=", True),
                ("company_id", "=", self.env.company.id),
                ("state", "in", ("done", "undone", "to_approve")),
                ("requester_id", "!=", self.env.ref("base.user_root").id),
            ],
            limit=1,
        )

    # ------------------------------------------------------------------
    # Where each step is done; the rights are those of the page that opens
    # ------------------------------------------------------------------

    @api.model
    def _check_reversal_manager(self):
        """:raise AccessError: first steps are those of a manager"""
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "The first steps are for whoever holds the right “Order Reversal: "
                    "Manager”. Ask your administrator for it."
                )
            )

    @api.model
    def action_open_reversal_groups(self):
        """The people who may do something with reversals, and who may not yet."""
        self._check_reversal_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who may take orders back"),
            "res_model": "res.users",
            "views": [
                (self.env.ref("erp_order_reversal.res_users_view_list").id, "list"),
                (False, "form"),
            ],
            "domain": [("share", "=", False)],
        }

    @api.model
    def action_open_reversal_policy(self):
        """The policy of the company."""
        return self._open_reversal("res_company_action_policy")

    @api.model
    def action_open_reversal_guard(self):
        """The guard stands beside the policy."""
        return self._open_reversal("res_company_action_policy")

    @api.model
    def action_open_reversal_reasons(self):
        """The reasons that may be given."""
        return self._open_reversal("order_reversal_reason_action")

    @api.model
    def action_open_reversal_practice(self):
        """The first lesson."""
        self._check_reversal_manager()
        return self.env.ref("erp_order_reversal.lesson_take_back").action_start()

    @api.model
    def _open_reversal(self, name):
        self._check_reversal_manager()
        return self.env["ir.actions.actions"]._for_xml_id(f"erp_order_reversal.{name}")


class OrderReversalPractice(models.Model):
    """The panel on the page “Learn”, for managers."""

    _inherit = "order.reversal.practice"

    first_steps = fields.Json(compute="_compute_first_steps")

    @api.depends_context("uid", "lang", "company")
    def _compute_first_steps(self):
        steps = []
        if self.env.user.has_group(MANAGER):
            # sudo: the host's panels are the administrator's; the texts alone.
            panel = self.sudo().env.ref(PANEL, raise_if_not_found=False)
            steps = (
                [
                    {
                        "id": step.id,
                        "title": step.title,
                        "description": step.description,
                        "button": step.button_text,
                        "action": step.panel_step_open_action_name,
                        "done": step._is_reversal_step_done(),
                    }
                    for step in panel.step_ids
                ]
                if panel
                else []
            )
        for practice in self:
            practice.first_steps = steps

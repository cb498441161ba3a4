from collections import defaultdict

from markupsafe import Markup

from odoo import fields, models
from odoo.tools import format_date

# So many documents are named of what has to be done alike.
NAMED = 20


# No docstring, see `mail_thread`.
class MailActivity(models.Model):
    _inherit = "mail.activity"

    # A plain number: of a foreign key the host would keep a note when this addon goes.
    reversal_batch_id = fields.Integer(
        "Told with",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The bulk reversal at whose end its person is told of it.",
    )

    def _reversal_tell(self, actor):
        """Tell each person once of all of these, in his or her language.

        One alone is told of as the host does it.

        :param actor: `res.users` who acts, and is told of nothing
        """
        for user, activities in self.grouped("user_id").items():
            if user and user != actor and len(activities) == 1:
                activities.action_notify()
            elif user and user != actor:
                activities._reversal_tell_person(user)

    def _reversal_tell_person(self, user):
        """:param user: `res.users` whose activities these all are"""
        reader = self.with_context(lang=user.lang)
        alike = defaultdict(reader.browse)
        for activity in reader:
            title = activity.summary or activity.activity_type_id.name
            alike[title, activity.date_deadline] |= activity
        items = Markup().join(
            Markup("<li>%s</li>")
            % reader.env._(
                "%(task)s (until %(day)s): %(documents)s",
                task=title,
                day=format_date(reader.env, day),
                documents=activities._reversal_name_documents(),
            )
            for (title, day), activities in alike.items()
        )
        reader.env["mail.thread"].message_notify(
            subject=reader.env._("What to do after reversals: %s tasks.", len(self)),
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (reader.env._("This is for you to do after what was taken back:"), items),
            partner_ids=user.partner_id.ids,
            model_description=reader.env._("Reversals"),
        )

    def _reversal_name_documents(self):
        """Links to the first of the documents, and how many others there are."""
        links = Markup(", ").join(
            self.env[activity.res_model]
            .browse(activity.res_id)
            ._get_html_link(title=activity.res_name)
            for activity in self[:NAMED]
        )
        if len(self) <= NAMED:
            return links
        return self.env._(
            "%(links)s and %(count)s more", links=links, count=len(self) - NAMED
        )

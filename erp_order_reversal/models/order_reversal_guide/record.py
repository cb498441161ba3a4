from odoo import api, fields, models
from odoo.exceptions import MissingError, ValidationError
from odoo.tools import format_date

from ...checks import check_type


class OrderReversalGuide(models.Model):
    """A paragraph of the guide: what law and good practice want, and why.

    Shipped with the addon, in the user's language. Other addons add paragraphs of
    their own for their findings by data.
    """

    _name = "order.reversal.guide"
    _description = "Paragraph of the Guide"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    body = fields.Html(required=True, translate=True)
    codes = fields.Text(
        required=True, help="Codes of the findings that it explains, with spaces."
    )
    sequence = fields.Integer(default=10)
    checked_on = fields.Date(
        "Sources Checked on", help="When the sources were last looked up."
    )
    picture = fields.Char(
        translate=True,
        help="Where a screenshot is, below the static files of an addon.",
    )

    @api.constrains("codes")
    def _check_codes(self):
        """:raise ValidationError: two paragraphs explain the same finding"""
        paragraphs = {}
        for paragraph in self.search([]):
            for code in paragraph.codes.split():
                other = paragraphs.setdefault(code, paragraph)
                if other != paragraph:
                    raise ValidationError(
                        self.env._(
                            "“%(code)s” is explained by “%(one)s” and by “%(other)s”. "
                            "Take it out of one of them.",
                            code=code,
                            one=other.name,
                            other=paragraph.name,
                        )
                    )

    @api.model
    def _find(self, code):
        """The paragraph that explains a finding, or none.

        :param str code: of the finding
        """
        return self.search([("codes", "ilike", code)]).filtered(
            lambda paragraph: code in paragraph.codes.split()
        )[:1]

    @api.model
    def explain(self, code):
        """What the guide says on a finding, in the user's language.

        :param str code: of the finding
        :raise MissingError: no paragraph is about it
        :raise ValidationError: the code is no text
        :return: {"id", "name", "body", "picture", "checked_on"}: `body` is HTML,
            `picture` the path of a screenshot or False, `checked_on` when its sources
            were looked up, as the user writes a day, or empty
        """
        check_type(self.env, code, str, "code")
        self.check_access("read")
        paragraph = self._find(code)
        if not paragraph:
            raise MissingError(
                self.env._(
                    "The guide says nothing on “%s” yet. Open “Guide” in the menu for "
                    "all its paragraphs.",
                    code,
                )
            )
        return {
            "id": paragraph.id,
            "name": paragraph.name,
            "body": str(paragraph.body),
            "picture": paragraph.picture,
            "checked_on": format_date(self.env, paragraph.checked_on),
        }

from collections import defaultdict

from odoo import api, models
from odoo.fields import Date
from odoo.tools import format_amount, format_date, formatLang

from ...check import rules, words

ORDER, PAYMENT = "sale.order", "account.payment"


class SettlementCheck(models.AbstractModel):
    """Putting differences into words, in the language of whoever reads them."""

    _inherit = "settlement.check"

    @api.model
    def _describe(self, differences):
        """What the public methods return.

        :param differences: list of `Difference`
        :return: list of {"code", "severity", "message", "remedy", "res_model",
            "res_id"}
        """
        words = self._words(differences)
        return [
            {
                "code": item.code,
                "severity": item.severity,
                "message": message,
                "remedy": remedy,
                "res_model": item.record[0],
                "res_id": item.record[1],
            }
            for item, (message, remedy) in zip(differences, words, strict=True)
        ]

    @api.model
    def _words(self, differences):
        """(message, remedy) of each difference."""
        names = self._names(differences)
        result = []
        for item in differences:
            values = {
                key: self._value(value, names) for key, value in item.values.items()
            }
            message = self.env._(rules.MESSAGES[item.code])
            result.append((message % values, self._remedy(item)))
        return result

    @api.model
    def _remedy(self, item):
        """What can be done about it: with this document, as it stands, and by whom."""
        user = self.env.user
        who = None
        if item.stands:
            usual = words.RECORDED if item.owner[0] == PAYMENT else words.POSTED
            remedy = words.STANDING.get(item.code, usual)
            may = user.has_group("erp_order_reversal.group_reversal_user")
            if not may and item.code not in words.ANYBODY:
                who = words.WHO_REVERSES
        else:
            remedy = rules.REMEDIES[item.code]
            model = self.env[item.owner[0]]
            if item.owner[0] != ORDER and not model.has_access("write"):
                who = words.WHO_INVOICES
        return " ".join(self.env._(text) for text in (remedy, who) if text)

    @api.model
    def _names(self, differences):
        """{(model, id): name}, a few queries for each model."""
        wanted = defaultdict(set)
        for item in differences:
            for value in item.values.values():
                if value.kind == "name":
                    model, ids = value.value
                    wanted[model].update(ids)
        names = {}
        for model, ids in wanted.items():
            # sudo: the name alone, of what a document that may be read differs from.
            for record in self.env[model].sudo().browse(ids).exists():
                names[model, record.id] = self._record_name(record)
        return names

    @api.model
    def _record_name(self, record):
        if record._name in ("sale.order.line", "account.move.line"):
            # the product, or the first line of a long text
            text = record.product_id.display_name or record.name or ""
            return text.split("\n")[0]
        return record.display_name or ""

    @api.model
    def _value(self, value, names):
        if value.kind == "name":
            model, ids = value.value
            found = [names[model, rid] for rid in ids if (model, rid) in names]
            return ", ".join(found) or self.env._("none")
        if value.kind == "date":
            return format_date(self.env, Date.to_date(value.value))
        if value.kind in ("price", "money"):
            currency = self.env["res.currency"].browse(value.currency)
            currency = currency or self.env.company.currency_id
            if value.kind == "price" and not currency.is_zero(
                value.value - currency.round(value.value)
            ):
                return formatLang(self.env, value.value, dp="Product Price")
            return format_amount(self.env, value.value, currency)
        if value.kind == "quantity":
            text = formatLang(self.env, value.value, dp="Product Unit")
        else:
            text = formatLang(self.env, value.value, digits=2)
        return f"{text} %" if value.kind == "percent" else text

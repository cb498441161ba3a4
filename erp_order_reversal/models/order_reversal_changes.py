from odoo import api, fields, models

from ..tools import without_words


class OrderReversal(models.Model):
    """What changed since somebody asked, in the words of the form."""

    _inherit = "order.reversal"

    changes = fields.Text(
        compute="_compute_changes",
        help="What changed since the approval was asked for.",
    )

    @api.depends("fingerprint", "state")
    def _compute_changes(self):
        for reversal in self:
            reversal.changes = (
                "\n".join(reversal._get_changes()) if reversal._waits() else False
            )

    def _get_changes(self):
        """Lines that say what differs from what was asked for; override point."""
        self.ensure_one()
        planner = self.env["order.reversal.plan"]
        data = planner._fingerprint_data(planner._plan(self)[0])
        if planner._fingerprint(data) == self.fingerprint:
            return []
        return self._describe_changes(self.fingerprint_data, data)

    def _describe_changes(self, before, after):
        """Lines that say what differs between two frozen plans."""
        lines = []
        old, new = before.get("documents", {}), after.get("documents", {})
        for key in sorted(set(old) | set(new)):
            if key not in old:
                lines.append(self.env._("• %s was added", new[key]["name"]))
            elif key not in new:
                lines.append(self.env._("• %s is gone", old[key]["name"]))
            elif without_words(old[key]) != without_words(new[key]):
                lines.append(
                    self.env._(
                        "• %(document)s: %(changes)s",
                        document=new[key]["name"],
                        changes="; ".join(
                            self._describe_values(key, old[key], new[key])
                        ),
                    )
                )
        return lines or [self.env._("• what would be done changed")]

    def _describe_values(self, key, old, new):
        """One text for each value that differs: its label, before and after."""
        document = self.env[key.split(",")[0]]
        texts = []
        for name in sorted(without_words(old) | without_words(new)):
            before, after = old.get(name), new.get(name)
            if before == after:
                continue
            if name not in document._fields:
                texts.append(self._get_value_labels().get(name, name))
                continue
            field = document._fields[name]
            if field.type == "selection":
                options = dict(field._description_selection(self.env))
                before, after = options.get(before, before), options.get(after, after)
            texts.append(
                self.env._(
                    "%(field)s %(before)s → %(after)s",
                    field=field._description_string(self.env),
                    before=before,
                    after=after,
                )
            )
        return texts

    def _get_value_labels(self):
        """{name of a list in a frozen plan: what changed}; override point."""
        return {
            "lines": self.env._("its lines changed"),
            "matched": self.env._("what it pays changed"),
        }

from odoo import models


class OrderReversal(models.Model):
    """A frozen plan in every language, for a second person to read."""

    _inherit = "order.reversal"

    def _translate_plan(self):
        """Say steps and findings in the installed languages that are not the user's.

        To be called while the documents are as the plan found them.
        """
        if not self:
            return
        own = self.env.lang or "en_US"
        for code, _name in self.env["res.lang"].get_installed():
            if code == own:
                continue
            readers = self._engine_env(self).with_context(lang=code)
            plans = readers.env["order.reversal.plan"]._plan(readers)
            for reader, plan in zip(readers, plans, strict=True):
                reader._write_texts("step_ids", plan.steps, ("outcome", "why"))
                reader._write_texts(
                    "finding_ids", plan.findings, ("message", "remedy", "who")
                )

    def _write_texts(self, lines, values_list, names):
        """Write translated fields in the language of the environment.

        :param str lines: name of the one2many, whose records were created in the
            order of `values_list`
        :param values_list: list of dict
        :param names: names of the translated fields
        """
        records = self[lines].sorted(lambda line: (line.sequence, line.id))
        for record, values in zip(records, values_list, strict=True):
            record.write({name: values.get(name) or False for name in names})

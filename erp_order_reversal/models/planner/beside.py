from collections import Counter

from odoo import api, models
from odoo.tools import SQL, ormcache

#: What other records may point at, and how to come from the documents of a plan to it.
TARGETS = {
    "sale.order": lambda plan: plan.records("sale.order"),
    "sale.order.line": lambda plan: plan.records("sale.order").order_line,
    "account.move": lambda plan: plan.records("account.move"),
    "account.payment": lambda plan: plan.records("account.payment"),
}
#: Models that a reversal knows by itself, or that record nothing but technique.
KNOWN = (
    "account.bank.statement",
    "account.full.reconcile",
    "account.move",
    "account.partial.reconcile",
    "account.payment",
    "bus.",
    "ir.",
    "mail.",
    "order.reversal",
    "order.settlement",
    "payment.",
    "sale.order",
    "settlement.",
)
#: Addons whose fields on the documents themselves are known, and this suite's own.
KNOWN_ADDONS = ("account", "account_payment", "base", "payment", "sale")
SUITE = "erp_order_reversal"
#: System parameter: further models to leave out, separated by commas.
PARAMETER = "erp_order_reversal.beside_ignored"


class OrderReversalPlan(models.AbstractModel):
    """What else hangs on the documents of a plan, whatever addon it belongs to."""

    _inherit = "order.reversal.plan"

    @api.model
    def _get_known_models(self):
        """Names of models, or their beginnings, that are not listed.

        Override where an addon answers for a model itself.

        :return: tuple of str
        """
        return KNOWN

    @api.model
    @ormcache()
    def _get_pointing_fields(self):
        """The stored fields of all installed models that point at what is taken back.

        :return: tuple of (model, field, target model)
        """
        known = self._get_known_models()
        return tuple(
            (name, field.name, target)
            for name, model in sorted(self.env.registry.items())
            if model._auto
            and not (model._abstract or model._transient)
            and (name in TARGETS or not name.startswith(known))
            for field in model._fields.values()
            for target in self._get_targets_of(model, field)
        )

    @api.model
    def _get_targets_of(self, model, field):
        """The models of what is taken back that a stored field can point at."""
        if not field.store or field.company_dependent:
            return ()
        if model._name in TARGETS:
            # Of the documents themselves: to another one, by another addon.
            found = field.type == "many2one" and self._is_foreign(field)
        elif field.type == "many2one_reference":
            named = model._fields.get(field.model_field)
            return tuple(TARGETS) if named and named.store else ()
        elif field.type == "reference":
            return tuple(TARGETS)
        else:
            found = field.type in ("many2one", "many2many")
        return (field.comodel_name,) if found and field.comodel_name in TARGETS else ()

    @api.model
    def _query_pointing(self, model, name, target, ids):
        """:return: SQL for (model, id) of the records whose field points at these"""
        field = self.env[model]._fields[name]
        if field.type == "many2many":
            return SQL(
                "SELECT %s AS model, %s AS id FROM %s WHERE %s = ANY(%s)",
                model,
                SQL.identifier(field.column1),
                SQL.identifier(field.relation),
                SQL.identifier(field.column2),
                ids,
            )
        if field.type == "reference":
            ids = [f"{target},{record_id}" for record_id in ids]
        where = SQL("%s = ANY(%s)", SQL.identifier(name), ids)
        if field.type == "many2one_reference":
            named = SQL.identifier(field.model_field)
            where = SQL("%s AND %s = %s", where, named, target)
        table = SQL.identifier(self.env[model]._table)
        return SQL("SELECT %s AS model, id FROM %s WHERE %s", model, table, where)

    @api.model
    def _is_foreign(self, field):
        """Whether another addon ties a document to a document by this field.

        A debit note to its invoice, for example.
        """
        module = field._module or ""
        return module not in KNOWN_ADDONS and not module.startswith(SUITE)

    @api.model
    @ormcache("model")
    def _get_whole_of(self, model):
        """The field by which a line names the document it is a part of, if any.

        A part goes with its document: it is required, and deleted along with it.

        :param str model: name of the model
        :return: str or None
        """
        for field in self.env[model]._fields.values():
            if (
                field.type == "many2one"
                and field.store
                and field.required
                and field.ondelete == "cascade"
                and field.comodel_name not in TARGETS
                and not field.comodel_name.startswith(self._get_known_models())
                and any(
                    other.type == "one2many" and other.comodel_name == model
                    for other in self.env[field.comodel_name]._fields.values()
                )
            ):
                return field.name
        return None

    def _report_beside(self, plan):
        """Say what points at these documents and is not touched.

        Two queries, and those to read what was found: an addon that knows nothing of
        reversals must not be passed over in silence.
        """
        for model, ids in sorted(self._find_beside(plan).items()):
            # sudo: how many there are, and how they stand, whoever may read them.
            records = self.env[model].sudo().browse(ids) - plan.records(model)
            if not records:
                continue
            if isinstance(records, self.env.registry["order.reversal.mixin"]):
                self._report_documents_beside(plan, records)
                continue
            values = {
                "count": len(records),
                "model": self.env["ir.model"]._get(model).name,
                "states": self._count_states(records),
            }
            if values["states"]:
                message = self.env._(
                    "Not affected: %(count)s × %(model)s (%(states)s).", **values
                )
            else:
                message = self.env._("Not affected: %(count)s × %(model)s.", **values)
            plan.inform("beside", message, records[0])

    def _report_documents_beside(self, plan, records):
        """Documents that another addon made of these: each stays as it is."""
        for record in records:
            plan.warn(
                "document_beside",
                self.env._(
                    "%(document)s was made of what is taken back, and stays as it is "
                    "(%(state)s).",
                    document=record._reversal_name(),
                    state=record._reversal_label(),
                ),
                record,
                remedy=self.env._("Take it back by a reversal of its own."),
            )

    def _find_beside(self, plan):
        """{model: ids of the documents that point at those of the plan}."""
        targets = {name: find(plan).ids for name, find in TARGETS.items()}
        # sudo: a setting of the system.
        ignored = self.env["ir.config_parameter"].sudo().get_param(PARAMETER, "")
        ignored = {name.strip() for name in ignored.split(",")}
        queries = []
        for model, name, target in self._get_pointing_fields():
            if targets[target] and model not in ignored:
                self.env[model].flush_model([name])
                queries.append(
                    self._query_pointing(model, name, target, targets[target])
                )
        found = {}
        if queries:
            for model, record_id in self.env.execute_query(
                SQL(" UNION ").join(queries)
            ):
                found.setdefault(model, []).append(record_id)
        wholes = {}
        for model, ids in found.items():
            # sudo: see `_report_beside`.
            records = self.env[model].sudo().browse(sorted(ids))
            if whole := self._get_whole_of(model):
                records = records[whole]
            if records._name not in ignored:
                wholes.setdefault(records._name, set()).update(records.ids)
        return {model: sorted(ids) for model, ids in wholes.items()}

    def _count_states(self, records):
        """How many of the records stand how, for a person to read; empty if unknown."""
        for name in ("state", "stage_id"):
            field = records._fields.get(name)
            if field and field.type == "selection":
                names = dict(field._description_selection(self.env))
                labels = [names.get(record[name]) for record in records]
                break
            if field and field.type == "many2one":
                labels = [record[name].display_name for record in records]
                break
        else:
            return ""
        counts = Counter(label for label in labels if label)
        return ", ".join(f"{count} × {label}" for label, count in counts.items())

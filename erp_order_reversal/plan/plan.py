"""The working paper of one reversal while it is assessed: no database row."""

from collections import defaultdict

from ..const import SCOPE_RANK
from .values import StepData


def found_text(found):
    """All that a finding says, where it stands in a running text.

    :param dict found: a finding with `message`, `remedy` and `who`
    """
    return " ".join(
        part for part in (found["message"], found["remedy"], found["who"]) if part
    )


def name_of(record):
    """What a person calls a record: a document says it itself."""
    if isinstance(record, record.env.registry["order.reversal.mixin"]):
        return record._reversal_name()
    return record.display_name


class Plan:
    """Documents, ordered steps and findings of one reversal.

    Filled by the documents themselves (`order.reversal.mixin`), read by the
    reversal. Holds records and plain values only.
    """

    def __init__(self, reversal):
        self.reversal = reversal
        self.env = reversal.env
        self.company = reversal.company_id
        self.root = reversal._get_root()
        self.operations = self.env["order.reversal.step"]._get_operations()
        self.places = {key: place for place, key in enumerate(self.operations, 1)}
        self.rank = SCOPE_RANK.get(reversal.scope, -1)
        self.date = None
        # {line of the root: PartLine}; None: all of the root is taken back
        self.part = None
        self.documents = {}
        self.steps = []
        self.findings = []
        # matches to unlink: {counterpart document: [Release]}
        self.releases = defaultdict(list)
        # {account.move: Share}
        self.shares = {}

    def reaches(self, scope):
        """Whether the reversal goes at least as far back as `scope`."""
        return self.rank >= SCOPE_RANK[scope]

    def records(self, model):
        """The documents of `model` (str) in this plan, as a recordset."""
        return self.documents.get(model, self.env[model])

    def add_documents(self, records):
        """Add records to the plan; returns the ones that were not in it yet."""
        new = records - self.records(records._name)
        # The difference would be read by itself, not along with other plans.
        new = new.with_prefetch(records._prefetch_ids)
        self.documents[records._name] = self.records(records._name) | new
        return new

    def method(self, record, field):
        """The method chosen for a document: its own, else the reversal's."""
        own = self.reversal._get_overrides().get((record._name, record.id), {})
        value = own.get(field)
        return value if value and value != "auto" else self.reversal[field] or "auto"

    def refunds(self):
        """Whether money goes back to the customer, as far as a person chose it."""
        return self.reversal.payment_method == "refund" or any(
            own.get("payment_method") == "refund"
            for own in self.reversal._get_overrides().values()
        )

    def add_step(self, record, operation, outcome, data=None, **vals):
        """Append one operation on one document.

        :param record: the document
        :param str operation: key of the step's `operation`
        :param str outcome: what becomes of the document, for a person to read
        :param data: what carrying it out needs: StepData, or JSON values
        """
        if isinstance(data, StepData):
            data = data.to_json()
        self.steps.append(
            {
                # The currency comes before the amounts: they are rounded by it.
                "currency_id": vals.pop("currency_id", False),
                "sequence": 10 * self.places[operation],
                "operation": operation,
                "res_model": record._name,
                "res_id": record.id,
                "res_name": record._reversal_name(),
                "outcome": outcome,
                **({} if data is None else {"data": data}),
                **vals,
            }
        )

    def get_targets(self, operation):
        """The documents that an operation is planned for: set of (model, id)."""
        return {
            (step["res_model"], step["res_id"])
            for step in self.steps
            if step["operation"] == operation
        }

    def add_finding(self, severity, code, message, record=None, remedy="", who=""):
        """Append a blocker, a warning or an information, each once.

        Two facts of one document by the same code are two findings.

        :param str severity: `blocker`, `warning` or `info`
        :param str code: stable identifier of the rule
        :param str message: which rule, which document
        :param str remedy: what to do next
        :param str who: who may do it
        """
        key = (code, message, record and (record._name, record.id))
        if any(found["key"] == key for found in self.findings):
            return
        self.findings.append(
            {
                "key": key,
                "severity": severity,
                "code": code,
                "message": message,
                "remedy": remedy,
                "who": who,
                "res_model": record._name if record else False,
                "res_id": record.id if record else False,
                "res_name": name_of(record) if record else False,
            }
        )

    def block(self, code, message, record=None, remedy="", who=""):
        self.add_finding("blocker", code, message, record, remedy, who)

    def warn(self, code, message, record=None, remedy="", who=""):
        self.add_finding("warning", code, message, record, remedy, who)

    def inform(self, code, message, record=None, remedy="", who=""):
        self.add_finding("info", code, message, record, remedy, who)

    @property
    def blockers(self):
        return [found for found in self.findings if found["severity"] == "blocker"]

"""The table of `docs/roles.md`: its cells, and what they are about."""

from pathlib import Path

from .common import GROUP, ReversalCase
from .rpc import RpcMixin

DOCUMENT = Path(__file__).parent.parent / "docs" / "roles.md"
ROLES = {
    "User": "clerk",
    "User without Invoicing": "requester",
    "Approver": "approver",
    "Manager": "manager",
    "Auditor": "auditor",
    "Employee": "outsider",
}
SIGNS = {"✓": True, "–": False}


def table():
    """{what: {role: whether}} as the document says."""
    lines = [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in DOCUMENT.read_text().splitlines()
        if line.startswith("|")
    ]
    head = lines[0][1:]
    return {
        what: {ROLES[role]: SIGNS[cell] for role, cell in zip(head, cells, strict=True)}
        for what, *cells in lines[2:]
    }


class RolesCase(ReversalCase, RpcMixin):
    """What somebody else asked for and did, in each state that a cell speaks of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._user(
            "other_t",
            "sales_team.group_sale_salesman_all_leads",
            "account.group_account_invoice",
            GROUP + "user",
        )
        cls.users = {name: getattr(cls, name) for name in ROLES.values()}

    def setUp(self):
        super().setUp()
        self.make_key()
        self.draft = self.request(self.of_other(), user=self.other)
        self.draft.action_assess()
        self.done = self.request(self.of_other(), user=self.other)
        self.done.action_submit()
        self.waiting = self.ask(self.of_other())
        self.batch, self.paused = self.make_batch(), self.make_batch()
        self.paused._engine().write({"state": "paused", "runner_id": self.other.id})
        self.closed, *_documents = self.settle(user_id=self.other.id)
        self.documents = self.settle(user_id=self.other.id)
        self.env["order.reversal.head"]._make(self.company)
        self.free = self.env["order.reversal.reason"].sudo().create({"name": "Free"})
        order = self.make_order()
        self.removable = self.invoice(order, post=False)
        self.reverse(order)
        self.env.flush_all()

    def of_other(self):
        order, _invoice, _payment = self.settle(user_id=self.other.id)
        return order

    def ask(self, order):
        """A request of somebody else, which waits."""
        self.company.reversal_approval = "always"
        waiting = self.request(order, user=self.other)
        waiting.action_submit()
        self.assertEqual(waiting.state, "to_approve")
        self.company.reversal_approval = "never"
        return waiting

    def make_batch(self):
        batches = self.env["order.reversal.batch"].with_user(self.other)
        values = {"order_ids": self.of_other().ids, "reason_id": self.reason.id}
        return batches.create(values)

    def own_order(self, role):
        order, _invoice, _payment = self.settle(user_id=self.users[role].id)
        return order

    def own_done(self, role):
        """A reversal of an order of one's own, by somebody else."""
        done = self.request(self.own_order(role), user=self.other)
        done.action_submit()
        return done

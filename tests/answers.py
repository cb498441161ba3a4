"""What the addon answers while operations run, beside what the host answers."""

from collections import Counter
from functools import wraps
from unittest.mock import patch


def compare_payments(case):
    """Ask the host, too, at each answer to which payments an entry is matched with.

    :return: Counter of answers, by whether there was a payment
    """
    model = case.env.registry["account.move"]
    original = model._compute_reconciled_payment_ids
    answers = Counter()

    @wraps(original)  # of the same module: it is nobody else's
    def both(moves):
        original(moves)
        if not moves._reversal_at_work():
            return
        found = {move.id: move.reconciled_payment_ids.ids for move in moves}
        original(moves.with_context(order_reversal_at_work=None))
        for move in moves:
            case.assertEqual(found[move.id], move.reconciled_payment_ids.ids)
            answers[bool(found[move.id])] += 1

    patcher = patch.object(model, "_compute_reconciled_payment_ids", both)
    patcher.start()
    case.addCleanup(patcher.stop)
    return answers


# Model, and the field by which the host searches it for what depends on it.
SEARCHED = {
    "account.move": "reconciled_payment_ids",
    "account.payment": "reconciled_invoice_ids",
}


def compare_searches(case):
    """Search as the host does, too, where the addon knows what it would find.

    Both read the same field; whether its value is right, `compare_payments` asks.

    :return: Counter of answers, by model and whether anything was found
    """
    answers = Counter()
    for name, field in SEARCHED.items():
        _compare_searches_of(case, name, field, answers)
    return answers


def _compare_searches_of(case, name, field, answers):
    model = case.env.registry[name]
    original = model._search

    @wraps(original)
    def both(records, domain, *args, **kwargs):
        query = original(records, domain, *args, **kwargs)
        at_work = records.env["account.move"]._reversal_at_work()
        if at_work and str(domain).startswith(f"[('{field}', 'in', "):
            found = list(query)
            asked = records.with_context(order_reversal_at_work=None)
            expected = list(original(asked, domain, *args, **kwargs))
            case.assertEqual(found, expected, domain)
            answers[name, bool(found)] += 1
        return query

    patcher = patch.object(model, "_search", both)
    patcher.start()
    case.addCleanup(patcher.stop)

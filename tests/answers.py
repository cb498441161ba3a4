"""What the addon answers while operations run, beside what the host answers."""

from collections import Counter
from unittest.mock import patch


def compare_payments(case):
    """Ask the host, too, at each answer to which payments an entry is matched with.

    :return: Counter of answers, by whether there was a payment
    """
    model = case.env.registry["account.move"]
    original = model._compute_reconciled_payment_ids
    answers = Counter()

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

    :return: Counter of answers, by model and whether anything was found
    """
    answers = Counter()
    for name, field in SEARCHED.items():
        _compare_searches_of(case, name, field, answers)
    return answers


def _compare_searches_of(case, name, field, answers):
    model = case.env.registry[name]
    original = model.search

    def both(records, domain, offset=0, limit=None, order=None):
        found = original(records, domain, offset, limit, order)
        moves = records.env["account.move"]
        ids = moves._reversal_ids_searched(records, field, domain, order)
        if ids is not None:
            asked = records.with_context(order_reversal_at_work=None)
            expected = original(asked, domain, offset, limit, order)
            case.assertEqual(found.ids, expected.ids, domain)
            answers[name, bool(found)] += 1
        return found

    patcher = patch.object(model, "search", both)
    patcher.start()
    case.addCleanup(patcher.stop)

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

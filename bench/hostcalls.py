"""The same work done by the host's own calls, as other addons do it."""

from odoo import fields


def one_by_one(orders):
    """Take back an order at a time; nothing is read ahead for the others."""
    for order_id in orders.ids:
        undo(orders.browse(order_id))
        orders.env.cr.flush()  # what a commit would do


def undo(orders, keep_payments=False):
    """Call each of the host's primitives once, over all of `orders`.

    Unlock, take the payments off and cancel them, a credit note by the host's
    wizard, post it (which reconciles), cancel the order.
    """
    # The addon logs these calls when somebody makes them beside a reversal. That is
    # no work of the host: it must not be counted as such.
    orders = orders.with_context(**orders.env["order.reversal"]._running().env.context)
    env = orders.env
    orders.action_unlock()
    invoices = orders.invoice_ids.filtered(
        lambda move: move.state == "posted" and move.move_type == "out_invoice"
    )
    payments = invoices.reconciled_payment_ids
    invoices.line_ids.remove_move_reconcile()
    if not keep_payments:
        payments.action_draft()
        payments.action_cancel()
    wizard = (
        env["account.move.reversal"]
        .with_context(active_model="account.move", active_ids=invoices.ids)
        .create(
            {
                "date": fields.Date.context_today(orders),
                "reason": "undo",
                "journal_id": invoices.journal_id[:1].id,
            }
        )
    )
    wizard.refund_moves()
    wizard.new_move_ids.action_post()
    orders.action_cancel()


def check(orders, void=False):
    """Fail unless the orders are taken back: a measurement of nothing is none."""
    orders.env.invalidate_all()
    invoices = orders.invoice_ids.filtered(lambda m: m.move_type == "out_invoice")
    assert set(orders.mapped("state")) == {"cancel"}, orders.mapped("state")
    if void:
        assert set(invoices.mapped("state")) == {"cancel"}, invoices.mapped("state")
    else:
        states = set(invoices.mapped("payment_state"))
        assert states == {"reversed"}, states
    assert not any(orders.order_line.mapped("qty_invoiced"))

from odoo import models
from odoo.tools import SQL

from .record import ROOTS

# The invoices of a selection: (root, invoice).
OF_ORDERS = """
    SELECT DISTINCT sol.order_id AS root, aml.move_id AS move
      FROM sale_order_line sol
      JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
      JOIN account_move_line aml ON aml.id = rel.invoice_line_id
     WHERE sol.order_id = ANY(%(ids)s)
"""
OF_MOVES = "SELECT id AS root, id AS move FROM account_move WHERE id = ANY(%(ids)s)"
OF_PAYMENTS = """
    SELECT DISTINCT payment.id AS root, other.move_id AS move
      FROM account_payment payment
      JOIN account_move_line line ON line.move_id = payment.move_id
      JOIN account_partial_reconcile partial
        ON line.id IN (partial.debit_move_id, partial.credit_move_id)
      JOIN account_move_line other
        ON other.id IN (partial.debit_move_id, partial.credit_move_id)
       AND other.move_id != line.move_id
     WHERE payment.id = ANY(%(ids)s)
"""


class OrderReversalBatch(models.Model):
    """Documents of a batch that share an invoice or a payment belong together.

    One worker at a time takes reversals of a group, so that none of them waits for
    another worker, and a payment that settles all of them is taken back once.
    """

    _inherit = "order.reversal.batch"

    def _get_groups(self):
        """Which documents hang together.

        :return: {(field of the reversal, id): number of the group}, without those that
            share nothing; the number is the id of an entry that only they reach
        """
        self.ensure_one()
        pairs = [
            ((root, record_id), move_id)
            for root, records in self._get_roots()
            for record_id, move_id in records._reversal_bulk_moves()
        ]
        entries = self.env["account.move"].browse({entry for _root, entry in pairs})
        parents = {}

        def find(node):
            while parents.setdefault(node, node) != node:
                parents[node] = node = parents[parents[node]]
            return node

        for one, other in [*pairs, *entries._reversal_bulk_counterparts()]:
            parents[find(one)] = find(other)
        members = {}
        for node, entry in pairs:
            members.setdefault(find(node), {}).setdefault(node, set()).add(entry)
        return {
            node: min(set().union(*nodes.values()))
            for nodes in members.values()
            if len(nodes) > 1
            for node in nodes
        }

    def _get_missing(self, limit=None):
        """Documents without a reversal in this batch, groups first and undivided.

        :param int limit: about as many as this, all by default
        :return: [(field of the reversal, id, number of the group)]
        """
        self.ensure_one()
        if limit and self._has_single():
            # Groups came first: none of them is left, and the rest is not read.
            return [(*node, 0) for node in self._find_missing(limit)]
        missing = []
        for root, records in self._get_roots():
            present = self.env["order.reversal"]._read_group(
                [("batch_id", "=", self.id), (root, "!=", False)], [root]
            )
            records -= records.browse(record.id for (record,) in present)
            missing += [(root, record_id) for record_id in records.ids]
        if not missing or limit == 0:
            return []
        groups = self._get_groups()
        # The order of the selection is kept within a group and among the others.
        missing.sort(key=lambda node: groups.get(node, float("inf")))
        end = len(missing) if limit is None else min(limit, len(missing))
        while 0 < end < len(missing) and (
            groups.get(missing[end]) == groups.get(missing[end - 1], 0)
        ):
            end += 1
        return [(*node, groups.get(node, 0)) for node in missing[:end]]

    def _has_single(self):
        """Whether a reversal was created of a document that shares nothing."""
        return bool(
            self.env["order.reversal"].search_count(
                [("batch_id", "=", self.id), ("batch_group", "=", 0)], limit=1
            )
        )

    def _find_missing(self, limit):
        """The next documents without a reversal in this batch, as their model sorts.

        :param int limit: no more than this
        :return: [(field of the reversal, id)]
        """
        missing = []
        self.env["order.reversal"].flush_model(["batch_id", *ROOTS])
        for root, name in ROOTS.items():
            chosen = self._fields[name]
            left = SQL(
                """(SELECT chosen.%(document)s FROM %(relation)s chosen
                     WHERE chosen.%(batch)s = %(batch_id)s AND NOT EXISTS (
                           SELECT FROM order_reversal reversal
                            WHERE reversal.batch_id = %(batch_id)s
                              AND reversal.%(root)s = chosen.%(document)s))""",
                document=SQL.identifier(chosen.column2),
                relation=SQL.identifier(chosen.relation),
                batch=SQL.identifier(chosen.column1),
                batch_id=self.id,
                root=SQL.identifier(root),
            )
            # sudo: which documents they are, as `_get_roots` says.
            documents = self.env[chosen.comodel_name].sudo()
            found = documents.search([("id", "in", left)], limit=limit)
            missing += [(root, record_id) for record_id in found.ids]
        return missing[:limit]


class OrderReversalMixin(models.AbstractModel):
    _inherit = "order.reversal.mixin"

    _reversal_bulk_invoices = None

    def _reversal_bulk_moves(self):
        """[(id, id of an entry that taking the document back concerns)]."""
        self.env.flush_all()
        return self.env.execute_query(SQL(self._reversal_bulk_invoices, ids=self.ids))


class SaleOrder(models.Model):
    _inherit = "sale.order"

    _reversal_bulk_invoices = OF_ORDERS


class AccountMove(models.Model):
    _inherit = "account.move"

    _reversal_bulk_invoices = OF_MOVES

    def _reversal_bulk_counterparts(self):
        """[(id, id of an entry that it is matched with or paid by)]."""
        return self.env.execute_query(
            SQL(
                """SELECT line.move_id, other.move_id
                     FROM account_move_line line
                     JOIN account_partial_reconcile partial
                       ON line.id IN (partial.debit_move_id, partial.credit_move_id)
                     JOIN account_move_line other
                       ON other.id IN (partial.debit_move_id, partial.credit_move_id)
                      AND other.move_id != line.move_id
                    WHERE line.move_id = ANY(%(ids)s)
                    UNION
                   SELECT rel.invoice_id, -rel.payment_id
                     FROM account_move__account_payment rel
                    WHERE rel.invoice_id = ANY(%(ids)s)""",
                ids=self.ids,
            )
        )


class AccountPayment(models.Model):
    _inherit = "account.payment"

    _reversal_bulk_invoices = OF_PAYMENTS

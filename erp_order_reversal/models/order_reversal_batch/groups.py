from odoo import models


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

from collections import defaultdict

from odoo import models

from ...plan import frozen


class OrderReversal(models.Model):
    """What other reversals did since to the documents of one that is restored.

    Where a restore is refused because of them, it says which one, and what to do.
    """

    _inherit = "order.reversal"

    def _find_movers(self):
        """Reversals and restores since, that left these documents otherwise.

        A reversal that was restored by now left nothing; a restore of one that came
        after this one, neither.

        :return: {`order.reversal`: set of (model, id)}
        """
        self.ensure_one()
        if not self.done_on:
            return {}
        own = self._get_moved_documents()
        ids = defaultdict(set)
        for model, record_id in own:
            ids[model].add(record_id)
        movers = defaultdict(set)
        for model, record_ids in ids.items():
            # sudo: names of reversals of others, for whoever may restore this one.
            steps = self.step_ids.sudo().search(
                [
                    ("res_model", "=", model),
                    ("res_id", "in", list(record_ids)),
                    ("reversal_id", "!=", self.id),
                    ("reversal_id.state", "=", "done"),
                    ("reversal_id.done_on", ">=", self.done_on),
                ]
            )
            for step in steps.filtered(self._is_moved_by):
                movers[step.reversal_id] |= {
                    (step.res_model, step.res_id),
                    (step.result_model, step.result_id),
                }
        return movers

    def _get_moved_documents(self):
        """The documents of this reversal, and what it made: set of (model, id)."""
        frozen_ones = (self.fingerprint_data or {}).get("documents", {})
        return {frozen.parse_key(key) for key in frozen_ones} | {
            (step.result_model, step.result_id)
            for step in self.step_ids
            if step.result_id
        }

    def _is_moved_by(self, step):
        other = step.reversal_id
        if not other._is_done_after(self):
            return False
        origin = other.restores_id
        return not origin or self._is_done_after(origin)

    def _get_next_of_movers(self, movers):
        """What to do about them first, and who may.

        :param movers: `order.reversal`
        :return: (str, str), both empty without any
        """
        later = movers.filtered(lambda other: not other.restores_id)
        restores = movers - later
        texts, who = [], []
        if later:
            names = ", ".join(later.mapped("name"))
            texts.append(self.env._("Restore %s first, or settle it by hand.", names))
            who.append(self.env._("A reversal manager may restore it."))
        for restore in restores:
            texts.append(
                self.env._(
                    "%(restore)s restored %(reversal)s since: settle what is left of "
                    "%(document)s by hand.",
                    restore=restore.name,
                    reversal=restore.restores_id.name,
                    document=restore.root_name,
                )
            )
        if restores:
            who.append(self.env._("An accountant may settle it."))
        return " ".join(texts), " ".join(who)

    def _get_restored_since(self):
        """Documents that others restored since, and that no step of this one is on.

        They are what they were even before; what became of them is no business of
        the one that is restored now.

        :return: set of (model, id)
        """
        own = {(step.res_model, step.res_id) for step in self.step_ids}
        return {
            target
            for other, targets in self._find_movers().items()
            if other.restores_id
            for target in targets - own
        }

    def _name_movers(self, plan):
        """Let what stands against a restore say which reversal brought it about.

        :param Plan plan: of the restore of this reversal
        """
        # What paid something else meanwhile is named by the finding itself.
        blockers = [found for found in plan.blockers if found["code"] != "credit_used"]
        if not blockers:
            return
        # The newest first: what came last has to go first.
        movers = {
            other: targets
            for other, targets in self._find_movers().items()
            if not other.restores_id
        }
        newest = self.browse(other.id for other in movers).sudo()._last_first()
        for found in blockers:
            target = (found["res_model"], found["res_id"])
            text, who = self._get_next_of_movers(
                newest.filtered(lambda other, target=target: target in movers[other])
            )
            if text:
                found["remedy"] = " ".join(filter(None, (text, found["remedy"])))
                found["who"] = " ".join(filter(None, (who, found["who"])))

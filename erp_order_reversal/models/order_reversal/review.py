from odoo import models

from ...checks import check_one


class OrderReversal(models.Model):
    """An approver sees the rehearsal of now, and what differs since the request."""

    _inherit = "order.reversal"

    def review_request(self):
        """Rehearse a request that waits, with the rights of whoever decides on it.

        :raise AccessError: no approver, or the requester
        :raise UserError: nothing waits
        :return: as `preview_request`, and "differences": list of sentences on what
            differs from the rehearsal of the request, "compared": whether there is one
        """
        check_one(self)
        self._check_may_decide()
        self.check_access("write")
        self._check_roots_readable()
        self._check_state("to_approve")
        tried = self._rehearse()
        published = self._publish_tried(tried)
        return {
            **published,
            "compared": bool(self.effect_ids),
            "differences": self._get_differences(tried, published["effects"]),
        }

    def _get_differences(self, tried, effects):
        """Lines that say what would come otherwise than when it was asked for.

        :param dict tried: see `_rehearse`
        :param list effects: of it, in the user's language
        """
        if not self.effect_ids or not effects:
            return []
        then, now = map(self._index_effects, (self.effect_ids, effects))
        lines = []
        for key, effect in now.items():
            told = then.pop(key, None)
            if not told or self._say_effect(told) != self._say_effect(effect):
                lines.append(self._tell_difference(effect, told))
        lines += [
            self.env._("• %s would not change any more.", effect["res_name"])
            for effect in then.values()
        ]
        return lines + self._get_book_differences(tried)

    @staticmethod
    def _index_effects(effects):
        """{what names a document: its effect}.

        What would be made has no number that is its own: it is named by its origins.
        """
        standing = {effect["key"] for effect in effects if effect["before"]}
        found = {}
        for effect in effects:
            key = (effect["key"],)
            if not effect["before"]:
                origins = set(effect["origins"] or ()) & standing
                key = (effect["res_model"], effect["kind"], *sorted(origins))
            found[key] = effect
        return found

    @staticmethod
    def _say_effect(effect):
        return (effect["before"] or "", effect["after"])

    def _tell_difference(self, effect, told):
        """:param told: what was told of the document when it was asked for, or None"""
        values = {
            "document": effect["res_name"],
            "before": effect["before"] or self.env._("new"),
            "after": effect["after"],
        }
        if not told:
            return self.env._(
                "• %(document)s would change, too: %(before)s → %(after)s.", **values
            )
        return self.env._(
            "• %(document)s: %(before)s → %(after)s; when it was asked for, "
            "%(then_before)s → %(then_after)s.",
            then_before=told["before"] or self.env._("new"),
            then_after=told["after"],
            **values,
        )

    def _get_book_differences(self, tried):
        """Groups of accounts and positions of partners that come out otherwise."""
        labels = self._get_impact_labels()
        then = self.impact or {}
        lines = []
        rows = [
            {(row["kind"], row["period"]): row["amount"] for row in found}
            for found in (then.get("rows", []), tried["rows"])
        ]
        for kind, period in sorted(set().union(*rows)):
            before, now = (row.get((kind, period), 0.0) for row in rows)
            if self.currency_id.compare_amounts(before, now):
                lines.append(
                    self.env._(
                        "• %(group)s, %(month)s: %(now)s instead of %(then)s.",
                        group=labels[kind],
                        month=self._format_month(period),
                        now=self.currency_id.format(now),
                        then=self.currency_id.format(before),
                    )
                )
        known = {
            (row["partner_id"], row["account_type"]): row["after"]
            for row in then.get("positions", [])
        }
        for row in tried["positions"]:
            before = known.get((row["partner_id"], row["account_type"]))
            if before is not None and self.currency_id.compare_amounts(
                before, row["after"]
            ):
                lines.append(
                    self.env._(
                        "• %(partner)s: afterwards “%(now)s” instead of “%(then)s”.",
                        partner=row["partner"],
                        now=self._say_position(row, row["after"]),
                        then=self._say_position(row, before),
                    )
                )
        return lines

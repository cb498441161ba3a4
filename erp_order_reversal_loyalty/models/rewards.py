"""Rewards of an order, held while the host counts them by the programs of today."""


class Rewards:
    """How the rewards of an order stand.

    It travels in the context, where no client can send it: `of` takes nothing else.
    """

    KEY = "order_reversal_rewards"

    def __init__(self, order):
        """:param order: a `sale.order` that a reversal confirms again"""
        lines = order.order_line.filtered("is_reward_line")
        self.order = order
        self.lines = {line: self._values(line) for line in lines}
        self.points = {entry: entry.points for entry in order.coupon_point_ids}
        self.cards = (
            lines.coupon_id
            | order.coupon_point_ids.coupon_id
            | order.applied_coupon_ids
        )
        self.given = {
            name: order[name]
            for name in ("applied_coupon_ids", "code_enabled_rule_ids")
        }

    @classmethod
    def of(cls, env):
        """:return: the rewards that are held at the moment, or None"""
        held = env.context.get(cls.KEY)
        return held if isinstance(held, cls) else None

    @classmethod
    def held(cls, records):
        """:return: those of these lines, points or cards that are not to be deleted"""
        rewards = cls.of(records.env)
        if not rewards:
            return records.browse()
        held = {*rewards.lines, *rewards.points, *rewards.cards}
        return records.filtered(lambda record: record in held)

    def put_back(self):
        """Leave nothing of what the host counted."""
        self.order.invalidate_recordset(["order_line", "coupon_point_ids"])
        self._remove_fresh()
        for entry, points in self.points.items():
            if entry.points != points:
                # sudo: the host counted them as sudo, too.
                entry.sudo().points = points
        for line, values in self.lines.items():
            if self._values(line) != values:
                line.write(values)
        for name, records in self.given.items():
            if self.order[name] != records:
                self.order[name] = records

    def _remove_fresh(self):
        """Lines, points and cards that the host has made a moment ago."""
        lines = self.order.order_line.filtered(
            lambda line: line.is_reward_line and line not in self.lines
        )
        # As the host does first: else a line takes all of its reward along.
        lines._reset_loyalty(complete=True).unlink()
        # sudo: the host made them as sudo, for this order.
        entries = self.order.sudo().coupon_point_ids.filtered(
            lambda entry: entry not in self.points
        )
        cards = entries.coupon_id.filtered(
            lambda card: card.order_id == self.order and card not in self.cards
        )
        entries.unlink()
        cards.unlink()

    @staticmethod
    def _values(line):
        """What the line was given: all that the host would copy, but other records."""
        [values] = line.copy_data()
        return {
            name: value
            for name, value in values.items()
            if line._fields[name].type != "one2many" and name != "order_id"
        }

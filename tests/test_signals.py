"""Signals for auditors, each by the reversals that give it and the ones that don't."""

import itertools
from datetime import datetime, timedelta

from odoo.exceptions import AccessError, ValidationError

from .test_analysis import AnalysisCase

# A Wednesday at noon, in the middle of a month.
NOON = datetime(2031, 1, 15, 12)
LONG_AGO = datetime(2020, 1, 15, 12)


class TestSignals(AnalysisCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        order, _move, _payment = cls.settle()
        cls.model = (
            cls.env["order.reversal"]
            .with_user(cls.clerk)
            .create({"order_id": order.id, "reason_id": cls.reason.id})
        )
        cls.model.action_submit()
        users = cls.clerk | cls.requester | cls.approver
        users.tz = "UTC"
        cls.company.partner_id.tz = "UTC"

    def _copies(self, *changes):
        plain = {
            "requested_on": NOON,
            "done_on": NOON,
            "approved_on": None,
            "approver_id": None,
            "entry_date": NOON.date(),
            "requester_id": self.clerk.id,
            "settled_again_state": "none_needed",
            "amount_total": 690.0,
            "batch_id": None,
        }
        return self.copies(self.model, [{**plain, **change} for change in changes])

    def _found(self, signal, ids, user=None):
        signals = self.env["order.reversal.signal"].with_user(user or self.auditor)
        rows = signals.search([("signal", "=", signal), ("reversal_id", "in", ids)])
        return set(rows.reversal_id.ids)

    def assertGiven(self, signal, given, others):
        """:param given, others: lists of changes"""
        ids = self._copies(*given, *others)
        self.assertEqual(self._found(signal, ids), set(ids[: len(given)]))

    def test_just_below_the_limit(self):
        self.company.write(
            {"reversal_approval": "above", "reversal_approval_amount": 1000.0}
        )
        amounts = [{"amount_total": n} for n in (950.0, 1000.0, 949.99, 1000.01)]
        self.assertGiven("below_limit", amounts[:2], amounts[2:])

    def _set_limits(self, *amounts):
        self.env["order.reversal.limit"].with_user(self.manager).create(
            [
                {
                    "amount": amount,
                    "company_id": self.company.id,
                    "approver_ids": self.approver.ids,
                }
                for amount in amounts
            ]
        )

    def test_just_below_a_limit_of_persons(self):
        """Who splits an amount to get past one approver is below that one's limit."""
        self.company.write(
            {"reversal_approval": "above", "reversal_approval_amount": 100.0}
        )
        self._set_limits(1000.0, 5000.0)
        given = (950.0, 1000.0, 4750.0, 5000.0, 95.0, 100.0)
        others = (949.99, 1000.01, 4749.99, 5000.01, 94.99, 100.01)
        self.assertGiven(
            "below_limit",
            [{"amount_total": amount} for amount in given],
            [{"amount_total": amount} for amount in others],
        )
        # The limit of the company counts only where it decides.
        self.company.reversal_approval = "always"
        self.assertGiven(
            "below_limit",
            [{"amount_total": amount} for amount in given[:4]],
            [{"amount_total": amount} for amount in given[4:]],
        )

    def test_without_a_limit(self):
        self._set_limits(690.0)
        self.company.reversal_approval = "never"
        self.assertGiven(
            "below_limit", [], [{"amount_total": 690.0}, {"amount_total": 0.0}]
        )

    def test_night(self):
        night, morning = NOON.replace(hour=5, minute=59), NOON.replace(hour=6)
        evening, late = NOON.replace(hour=20, minute=59), NOON.replace(hour=21)
        approved = {"approver_id": self.approver.id, "approved_on": late}
        self.assertGiven(
            "night",
            [{"requested_on": night}, {"requested_on": late}, approved],
            [{"requested_on": morning}, {"requested_on": evening}],
        )

    def test_night_by_the_clock_of_whoever_asked(self):
        self.clerk.tz = "Asia/Shanghai"
        late = NOON.replace(hour=14)  # 10 p.m. there
        self.assertGiven(
            "night",
            [{"requested_on": late}],
            [{"requested_on": late, "requester_id": self.requester.id}],
        )

    def test_weekend(self):
        days = [{"requested_on": NOON + timedelta(days=n)} for n in (3, 4, 2, 5)]
        self.assertGiven("weekend", days[:2], days[2:])

    def test_weekend_by_the_clock_of_whoever_acts(self):
        """A Friday night here is a Saturday there; a Sunday here a Monday."""
        self.clerk.tz = "Asia/Shanghai"
        friday = NOON.replace(day=17, hour=16)  # midnight there
        sunday = NOON.replace(day=19, hour=16)
        here = {"requester_id": self.requester.id}
        self.assertGiven(
            "weekend",
            [{"requested_on": friday}, {"requested_on": sunday, **here}],
            [
                {"requested_on": friday - timedelta(seconds=1)},
                {"requested_on": friday, **here},
                {"requested_on": sunday},
            ],
        )

    def test_weekend_of_an_approver_by_the_clock_of_the_company(self):
        """Where an approver has no time zone of his or her own."""
        self.company.partner_id.tz = "America/New_York"
        self.approver.tz = False
        approved = {"approver_id": self.approver.id}
        saturday = NOON.replace(day=18, hour=5)  # midnight there
        self.assertGiven(
            "weekend",
            [{**approved, "approved_on": saturday}],
            [
                {**approved, "approved_on": saturday - timedelta(seconds=1)},
                {**approved, "approved_on": None},
            ],
        )

    def test_a_minute_before_and_after_a_night(self):
        last = NOON.replace(hour=20, minute=59, second=59)
        first = NOON.replace(hour=5, minute=59, second=59)
        self.assertGiven(
            "night",
            [
                {"requested_on": last + timedelta(seconds=1)},
                {"requested_on": first},
                {"requested_on": NOON.replace(hour=0)},
            ],
            [{"requested_on": last}, {"requested_on": first + timedelta(seconds=1)}],
        )

    def test_the_last_days_of_february_and_december(self):
        given = ("2032-02-29", "2032-02-27", "2031-12-31", "2031-12-29", "2031-04-28")
        others = ("2032-02-26", "2031-12-28", "2032-01-01", "2031-04-27")
        self.assertGiven(
            "period_end",
            [{"entry_date": day} for day in given],
            [{"entry_date": day} for day in others],
        )

    def test_at_the_limit_to_the_cent(self):
        """95 and 100 percent of an odd limit, and a cent beside them."""
        self.company.write(
            {"reversal_approval": "above", "reversal_approval_amount": 333.4}
        )
        amounts = [{"amount_total": n} for n in (316.73, 333.4, 316.72, 333.41)]
        self.assertGiven("below_limit", amounts[:2], amounts[2:])

    def test_rejected_and_withdrawn(self):
        """What was rejected was asked for; what was withdrawn never stood."""
        late = {"requested_on": NOON.replace(hour=3)}
        states = ("to_approve", "rejected", "failed", "undone", "done")
        others = ("cancelled", "draft")
        self.assertGiven(
            "night",
            [{**late, "state": state} for state in states],
            [{**late, "state": state} for state in others],
        )

    def test_end_of_a_month(self):
        days = [{"entry_date": f"2031-{day}"} for day in ("01-31", "01-29", "02-26")]
        others = [{"entry_date": f"2031-{day}"} for day in ("01-28", "02-25", "02-01")]
        self.assertGiven("period_end", days, others)

    def test_the_same_pair(self):
        pair = {"approver_id": self.approver.id, "approved_on": NOON}
        four = [{**pair, "approver_id": self.manager.id}] * 4
        self.assertGiven("same_pair", [pair] * 5, four)

    def test_the_same_pair_in_another_month(self):
        pair = {"approver_id": self.approver.id, "approved_on": NOON}
        later = {**pair, "approved_on": NOON + timedelta(days=31)}
        self.assertGiven("same_pair", [], [pair] * 4 + [later])

    def test_many(self):
        week = [{"requested_on": NOON + timedelta(days=n % 3)} for n in range(10)]
        others = [{"requester_id": self.requester.id}] * 9
        self.assertGiven("many", week, others)

    def test_never_settled_again(self):
        now = datetime.now().replace(microsecond=0)
        ago = [{"done_on": now - timedelta(days=n)} for n in (31, 30, 29, 31)]
        # A minute more, and a minute less than so many days.
        ago[1]["done_on"] -= timedelta(minutes=1)
        ago.insert(2, {"done_on": now - timedelta(days=30) + timedelta(minutes=1)})
        for values in ago[:4]:
            values["settled_again_state"] = "open"
        self.assertGiven("never_settled", ago[:2], ago[2:])

    # ------------------------------------------------------------------
    # From when on: the company's own
    # ------------------------------------------------------------------

    def _set(self, **values):
        self.company.with_user(self.manager).write(
            {f"reversal_signal_{name}": value for name, value in values.items()}
        )

    def test_each_company_says_from_when_on(self):
        self.company.write(
            {"reversal_approval": "above", "reversal_approval_amount": 1000.0}
        )
        self._set(share=80, last_days=1, pair=2, many=3, open_days=5)
        amounts = [{"amount_total": amount} for amount in (800.0, 799.99)]
        self.assertGiven("below_limit", amounts[:1], amounts[1:])
        days = [{"entry_date": f"2031-01-{day}"} for day in (31, 30)]
        self.assertGiven("period_end", days[:1], days[1:])
        pair = {"approver_id": self.approver.id, "approved_on": NOON}
        others = [{**pair, "approver_id": self.manager.id}]
        self.assertGiven("same_pair", [pair] * 2, others)
        later = NOON + timedelta(days=70)
        asked = [{"requested_on": later, "requester_id": self.requester.id}] * 2
        self.assertGiven("many", [{"requested_on": later}] * 3, asked)
        now = datetime.now().replace(microsecond=0)
        ago = [
            {"settled_again_state": "open", "done_on": now - timedelta(days=n)}
            for n in (6, 4)
        ]
        self.assertGiven("never_settled", ago[:1], ago[1:])

    def test_a_night_within_a_day_and_none(self):
        self._set(night_from=1, night_to=4)
        hours = [{"requested_on": NOON.replace(hour=n)} for n in (1, 3, 0, 4, 23)]
        self.assertGiven("night", hours[:2], hours[2:])
        self._set(night_from=6, night_to=6)
        self.assertGiven("night", [], hours)

    def test_another_company_is_not_asked(self):
        """What one company sets counts for its own reversals alone."""
        other = self.env["res.company"].create({"name": "Another"})
        other.reversal_signal_night_from = 12
        ids = self._copies({"requested_on": NOON})
        self.assertFalse(self._found("night", ids))
        self.env.cr.execute(
            "UPDATE order_reversal SET company_id = %s WHERE id = ANY(%s)",
            [other.id, ids],
        )
        self.auditor.company_ids += other
        self.env.invalidate_all()
        auditor = self.auditor.with_context(
            allowed_company_ids=(self.company | other).ids
        )
        rows = self.env["order.reversal.signal"].with_user(auditor)
        rows = rows.with_context(allowed_company_ids=(self.company | other).ids)
        self.assertTrue(
            rows.search([("signal", "=", "night"), ("reversal_id", "in", ids)])
        )

    def test_bad_values(self):
        for values in (
            {"share": 0},
            {"share": 101},
            {"night_from": 24},
            {"night_to": -1},
            {"last_days": 29},
            {"pair": 0},
            {"many": -3},
            {"open_days": -1},
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, "has to be from"),
            ):
                self._set(**values)

    def test_the_cards_say_from_when_on(self):
        self._set(many=37, share=88)
        cards = self.env["order.reversal.audit.card"].with_user(self.auditor)
        texts = " ".join(cards.search([]).mapped("text"))
        self.assertIn("37 or more in a week", texts)
        self.assertIn("From 88 to 100 %", texts)
        self.assertNotIn("{", texts)
        self.env["res.lang"]._activate_lang("zh_CN")
        texts = " ".join(cards.with_context(lang="zh_CN").search([]).mapped("text"))
        self.assertIn("37 笔", texts)
        self.assertNotIn("{", texts)

    def test_who_may_see_them(self):
        ids = self._copies({"requested_on": NOON.replace(hour=3)})
        for user in (self.auditor, self.manager):
            self.assertTrue(self._found("night", ids, user))
        for user in (self.approver, self.clerk, self.reporter, self.outsider):
            with self.assertRaises(AccessError):
                self._found("night", ids, user)

    def test_another_company_stays_closed(self):
        other = self.env["res.company"].create({"name": "Another"})
        ids = self._copies({"requested_on": NOON.replace(hour=3)})
        self.env.cr.execute(
            "UPDATE order_reversal SET company_id = %s WHERE id = ANY(%s)",
            [other.id, ids],
        )
        self.assertFalse(self._found("night", ids))

    def test_each_card_opens_what_it_counts(self):
        """Each of the seven, as the auditor's page does it: as many, and these."""
        self.company.write(
            {"reversal_approval": "above", "reversal_approval_amount": 1000.0}
        )
        pair = {"approver_id": self.approver.id, "approved_on": NOON}
        week = {"requester_id": self.manager.id, "requested_on": NOON}
        # In other weeks, so that they are not many.
        later = [NOON + timedelta(days=7 * n) for n in range(4)]
        kinds = {
            "below_limit": [{"amount_total": 960.0, "requested_on": later[1]}] * 2,
            "night": [{"requested_on": NOON.replace(hour=2)}],
            "weekend": [{"requested_on": NOON + timedelta(days=3)}] * 3,
            "period_end": [{"entry_date": "2031-03-31", "requested_on": later[2]}],
            "same_pair": [pair] * 5,
            "many": [week] * 10,
            "never_settled": [
                {
                    "settled_again_state": "open",
                    "done_on": LONG_AGO,
                    "requested_on": later[3],
                }
            ],
        }
        cards = {
            signal: self.env.ref(f"erp_order_reversal.audit_card_{signal}")
            for signal in kinds
        }
        before = {s: c.with_user(self.auditor).record_count for s, c in cards.items()}
        ids = self._copies(*itertools.chain.from_iterable(kinds.values()))
        self.env.invalidate_all()
        start = 0
        for signal, changes in kinds.items():
            given = set(ids[start : start + len(changes)])
            start += len(changes)
            card = cards[signal].with_user(self.auditor)
            with self.subTest(signal):
                self.assertEqual(card.record_count, before[signal] + len(given))
                action = card.action_open()
                rows = self.env[action["res_model"]].with_user(self.auditor)
                rows = rows.with_context(**action["context"]).search(action["domain"])
                self.assertEqual(len(rows), card.record_count)
                self.assertEqual(set(rows.reversal_id.ids) & set(ids), given)
                self.assertEqual(set(rows.mapped("signal")), {signal})

    def test_numbers_beyond_a_plain_integer(self):
        """Of a row: many for each reversal, of which there may be many."""
        for number in (600_000, 40_000_000):
            ids = self._copies({"requested_on": NOON.replace(hour=3)})
            self.env.cr.execute(
                "DELETE FROM order_reversal_step WHERE reversal_id = ANY(%s)",
                [ids],
            )
            self.env.cr.execute(
                "UPDATE order_reversal SET id = %s WHERE id = ANY(%s)", [number, ids]
            )
            self.env.invalidate_all()
            self.assertEqual(self._found("night", [number]), {number})
            rows = self.rows_of(self.env["order.reversal"].browse(number))
            self.assertTrue(rows.mapped("amount"))

    def test_the_page_of_the_auditor(self):
        cards = self.env["order.reversal.audit.card"]
        card = self.env.ref("erp_order_reversal.audit_card_night")
        before = card.with_user(self.auditor).record_count
        ids = self._copies({"requested_on": NOON.replace(hour=3)})
        card.invalidate_recordset()
        self.assertEqual(card.with_user(self.auditor).record_count, before + 1)
        for each in cards.with_user(self.auditor).search([]):
            action = each.action_open()
            found = self.env[action["res_model"]].with_user(self.auditor)
            count = found.search_count(action["domain"])
            self.assertEqual(count, each.record_count, each.name)
        action = card.with_user(self.auditor).action_open()
        rows = self.env[action["res_model"]].with_user(self.auditor)
        rows = rows.search(action["domain"])
        self.assertLessEqual(set(ids), set(rows.reversal_id.ids))
        opened = rows.filtered(lambda row: row.reversal_id.id == ids[0])
        self.assertEqual(opened.action_open_reversal()["res_id"], ids[0])
        for user in (self.clerk, self.outsider):
            with self.assertRaises(AccessError):
                cards.with_user(user).search([])

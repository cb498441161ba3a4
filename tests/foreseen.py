"""What a rehearsal says is what comes: entries, effects, positions and refusals."""

from odoo.exceptions import UserError

from .common import ReversalCase


class ForeseenMixin:
    """Compares a rehearsal with the outcome."""

    def owed(self):
        """{(partner, type of account): balance}, as the host itself adds them up."""
        groups = self.env["account.move.line"]._read_group(
            [
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company.id),
                ("account_type", "in", ("asset_receivable", "liability_payable")),
            ],
            ["partner_id", "account_id"],
            ["balance:sum"],
        )
        owed = {}
        for partner, account, balance in groups:
            key = (partner.id, account.account_type)
            owed[key] = owed.get(key, 0.0) + balance
        return owed

    def check_foreseen(self, tried, reversal, books, owed):
        """What was foreseen of people, documents and books is what came.

        :param dict tried: what `rehearse` returned
        :param dict books: the trial balance before it was carried out
        :param dict owed: see `owed`, before it was carried out
        """
        self._check_effects(tried, reversal)
        self._check_findings(tried, reversal)
        codes = {found["code"] for found in tried["findings"]}
        if "other_company" not in codes:  # the trial balance is of one company
            self._check_entries(tried["entries"], books)
            self._check_positions(tried["positions"], owed)

    def _check_effects(self, tried, reversal):
        came = [
            (effect.res_name, effect.before or "", effect.after)
            for effect in reversal.effect_ids
        ]
        foreseen = [
            (effect["res_name"], effect["before"], effect["after"])
            for effect in tried["effects"]
        ]
        self.assertEqual(sorted(map(str, foreseen)), sorted(map(str, came)))
        self.assertEqual(tried["positions"], reversal.impact["positions"])

    def _check_findings(self, tried, reversal):
        self.assertEqual(
            sorted((found["code"], found["message"]) for found in tried["findings"]),
            sorted((found.code, found.message) for found in reversal.finding_ids),
        )

    def _check_positions(self, positions, before):
        """Before, plus each change, is after; for everybody, and for nobody else."""
        after = self.owed()
        told = {(row["partner_id"], row["account_type"]): row for row in positions}
        for key in set(before) | set(after):
            then, now = before.get(key, 0.0), after.get(key, 0.0)
            if key in told:
                self.assertAlmostEqual(told[key]["before"], then, 2)
                self.assertAlmostEqual(told[key]["after"], now, 2)
            else:
                self.assertAlmostEqual(then, now, 2, f"nobody told of {key}")

    def _check_entries(self, entries, books):
        """They are the change of the trial balance, account by account."""
        after = self.trial_balance()
        change = {}
        for row in entries:
            key = (row["account_code"], row["currency"])
            balance, amount = change.get(key, (0.0, 0.0))
            change[key] = (
                balance + float(row["balance"]),
                amount + float(row["amount_currency"]),
            )
        zero = (0.0, 0.0)
        for key in set(books) | set(after) | set(change):
            for index in (0, 1):
                self.assertAlmostEqual(
                    float(after.get(key, zero)[index])
                    - float(books.get(key, zero)[index]),
                    change.get(key, zero)[index],
                    2,
                    f"rehearsal of {key}",
                )

    # ------------------------------------------------------------------
    # Rehearsed, carried out, and compared
    # ------------------------------------------------------------------

    def submit_foreseen(self, reversal, submit=None):
        """What is refused was said by the rehearsal, and what comes, too.

        :param submit: how it is carried out, with `action_submit` by default
        :return: what that returned
        :raise UserError: as it was refused, after it was compared
        """
        books, owed = self.trial_balance(), self.owed()
        tried = reversal.rehearse()
        blockers = [f for f in tried["findings"] if f["severity"] == "blocker"]
        try:
            answer = (submit or reversal.action_submit)()
        except UserError as error:
            self.check_refused(blockers, error)
            raise
        self.assertFalse(blockers, "said, and yet not refused")
        if reversal.state == "done":
            self.check_foreseen(tried, reversal, books, owed)
        return answer

    def check_refused(self, blockers, error):
        self.assertTrue(blockers, f"not said before: {error}")
        for found in blockers:
            self.assertIn(found["message"], str(error))

    def restore_foreseen(self, reversal):
        """A manager takes it back, by the dialog that says first what will come."""
        restores = self.env["order.reversal"].with_user(self.manager)
        reason = reversal._get_restore_reason()
        restore = restores.create({"restores_id": reversal.id, "reason_id": reason.id})
        self.submit_foreseen(restore)
        return restore

    def approve_foreseen(self, reversal):
        """Whoever decides sees what will come, by his or her own rights."""
        books, owed = self.trial_balance(), self.owed()
        approved = reversal.with_user(self.approver)
        tried = approved.rehearse()
        blockers = [f for f in tried["findings"] if f["severity"] == "blocker"]
        try:
            approved.action_approve()
        except UserError as error:
            self.check_refused(blockers, error)
            raise
        self.assertFalse(blockers, "said, and yet not refused")
        self.check_foreseen(tried, approved, books, owed)
        return tried

    def run_batch_foreseen(self, batch):
        """What *Rehearse All* says of each document is what the batch does.

        :return: the reversals
        """
        batch.action_rehearse()
        self.env["order.reversal.batch"].sudo()._cron_process()
        self.assertEqual(batch.rehearsal_state, "done")
        found = batch.rehearsal
        refused = {
            tuple(row[:2]) for group in found["groups"] for row in group["documents"]
            if group["code"] != "one_way"
        }  # fmt: skip
        self.assertEqual(len(refused), found["blocked"])
        batch.action_start()
        rows = {}
        for reversal in batch.reversal_ids:
            root = reversal._get_root()
            self.assertEqual(
                reversal.state == "failed",
                (root._name, root.id) in refused,
                f"{root.display_name}: {reversal.error}",
            )
            if reversal.state == "done":
                for row in reversal.impact["rows"]:
                    key = (row["kind"], row["period"])
                    rows[key] = rows.get(key, 0.0) + row["amount"]
        told = {(row["kind"], row["period"]): row["amount"] for row in found["rows"]}
        for key in rows.keys() | told.keys():
            self.assertAlmostEqual(rows.get(key, 0.0), told.get(key, 0.0), 2, str(key))
        return batch.reversal_ids


class ForeseenCase(ForeseenMixin, ReversalCase):
    """Whatever one of these tests takes back is rehearsed first, and compared."""

    def setUp(self):
        super().setUp()
        cls = type(self.env["order.reversal"])
        origin = cls.action_submit

        def action_submit(reversals):
            if len(reversals) != 1 or reversals.state != "draft":
                return origin(reversals)
            return self.submit_foreseen(reversals, lambda: origin(reversals))

        self.patch(cls, "action_submit", action_submit)

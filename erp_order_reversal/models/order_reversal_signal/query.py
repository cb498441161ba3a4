from odoo import models
from odoo.tools import SQL

# A row's number: of its reversal, and of its signal.
ROWS = 64


class OrderReversalSignal(models.Model):
    """When a reversal gives a signal, in SQL. Glue addons add to `_get_conditions`."""

    _inherit = "order.reversal.signal"

    @property
    def _table_query(self):
        signals = [
            SQL("(%s, %s, %s)", number, name, condition)
            for number, (name, condition) in enumerate(self._get_conditions().items())
        ]
        return SQL(
            """SELECT reversal.id::bigint * %(rows)s + signal.number AS id,
                      signal.name AS signal, reversal.id AS reversal_id,
                      reversal.root_name, reversal.date, reversal.company_id,
                      company.currency_id, reversal.partner_id, reversal.reason_id,
                      reversal.scope, reversal.requester_id, reversal.approver_id,
                      reversal.state, reversal.amount_total AS amount
                 FROM (%(reversals)s) reversal
                 JOIN res_company company ON company.id = reversal.company_id
           CROSS JOIN LATERAL (VALUES %(signals)s) AS signal (number, name, given)
                WHERE signal.given""",
            rows=ROWS,
            reversals=self._get_reversals(),
            signals=SQL(", ").join(signals),
        )

    def _get_conditions(self):
        """When each signal is given; override point.

        :return: {key of `signal`: SQL over `reversal` and `company`}
        """
        return {
            "below_limit": self._is_below_limit(),
            "night": SQL(
                "%s OR %s",
                self._at_night(SQL("reversal.asked_at")),
                self._at_night(SQL("reversal.approved_at")),
            ),
            "weekend": SQL(
                "EXTRACT(ISODOW FROM reversal.asked_at) > 5 "
                "OR EXTRACT(ISODOW FROM reversal.approved_at) > 5"
            ),
            "period_end": SQL(
                "reversal.booked_on > DATE_TRUNC('month', reversal.booked_on) "
                "+ INTERVAL '1 month' "
                "- INTERVAL '1 day' * (company.reversal_signal_last_days + 1)"
            ),
            "same_pair": SQL(
                "reversal.approved_at IS NOT NULL "
                "AND reversal.of_pair >= company.reversal_signal_pair"
            ),
            "many": SQL("reversal.of_person >= company.reversal_signal_many"),
            "never_settled": SQL(
                "reversal.settled_again_state = 'open' "
                "AND reversal.done_on < NOW() AT TIME ZONE 'UTC' "
                "- INTERVAL '1 day' * company.reversal_signal_open_days"
            ),
        }

    def _is_below_limit(self):
        """Whether it is just below the limit of the policy, or one that names people.

        Where nothing is approved, limits decide nothing.
        """
        return SQL(
            """company.reversal_approval != 'never' AND reversal.amount_total > 0
               AND EXISTS (
                   SELECT 1
                     FROM (SELECT company.reversal_approval_amount
                            WHERE company.reversal_approval = 'above'
                        UNION ALL
                           SELECT bound.amount FROM order_reversal_limit bound
                            WHERE bound.company_id = reversal.company_id
                          ) AS bounds (amount)
                    WHERE reversal.amount_total BETWEEN
                          bounds.amount * company.reversal_signal_share / 100
                          AND bounds.amount)"""
        )

    def _at_night(self, moment):
        """Whether a moment lies in the night of the company, over midnight or not.

        Hours are counted from the first one of the night on.
        """
        return SQL(
            "MOD(EXTRACT(HOUR FROM %s)::int - company.reversal_signal_night_from + 24, "
            "24) < MOD(company.reversal_signal_night_to "
            "- company.reversal_signal_night_from + 24, 24)",
            moment,
        )

    def _get_reversals(self):
        """Reversals that were asked for, with the local time of whoever acted.

        Their time zones are those of their preferences, else the company's. What a
        batch asked for was asked for when the batch was opened, and counts as one
        person's work on one day: not as many.
        """
        return SQL(
            """SELECT asked.*,
                      COUNT(*) OVER (PARTITION BY asked.company_id,
                          asked.requester_id, asked.approver_id,
                          DATE_TRUNC('month', asked.approved_at)) AS of_pair,
                      CASE WHEN asked.batch_id IS NULL THEN
                          COUNT(*) FILTER (WHERE asked.batch_id IS NULL) OVER (
                              PARTITION BY asked.company_id, asked.requester_id,
                              DATE_TRUNC('week', asked.asked_at)) END AS of_person
                 FROM (SELECT reversal.id, reversal.root_name, reversal.company_id,
                              reversal.partner_id, reversal.reason_id, reversal.scope,
                              reversal.requester_id, reversal.approver_id,
                              reversal.state, reversal.amount_total,
                              reversal.settled_again_state, reversal.done_on,
                              reversal.batch_id,
                              COALESCE(reversal.done_on, reversal.requested_on,
                                  reversal.create_date) AS date,
                              COALESCE(reversal.entry_date, reversal.date)
                                  AS booked_on,
                              %(asked)s AS asked_at, %(approved)s AS approved_at
                         FROM order_reversal reversal
                         JOIN res_company company ON company.id = reversal.company_id
                         JOIN res_partner home ON home.id = company.partner_id
                    LEFT JOIN order_reversal_batch batch
                           ON batch.id = reversal.batch_id
                    LEFT JOIN res_users asker ON asker.id = reversal.requester_id
                    LEFT JOIN res_partner asker_p ON asker_p.id = asker.partner_id
                    LEFT JOIN res_users approver ON approver.id = reversal.approver_id
                    LEFT JOIN res_partner approver_p
                           ON approver_p.id = approver.partner_id
                        WHERE reversal.state IN ('to_approve', 'queued', 'done',
                                  'undone', 'failed', 'rejected')
                          AND reversal.is_practice IS NOT TRUE
                          AND reversal.restores_id IS NULL) asked""",
            asked=self._at_clock_of(
                SQL(
                    "COALESCE(batch.create_date, reversal.requested_on, "
                    "reversal.create_date)"
                ),
                SQL("asker_p.tz"),
            ),
            approved=self._at_clock_of(
                SQL("reversal.approved_on"), SQL("approver_p.tz")
            ),
        )

    def _at_clock_of(self, moment, zone):
        """A moment as the clock of somebody shows it, the company's else."""
        return SQL(
            "%s AT TIME ZONE 'UTC' "
            "AT TIME ZONE COALESCE(NULLIF(%s, ''), NULLIF(home.tz, ''), 'UTC')",
            moment,
            zone,
        )

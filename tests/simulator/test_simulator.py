"""Sequences of people on the real host, beside books that are kept by hand."""

import gc
import os
import random
from collections import Counter
from functools import partial

import pytest
from freezegun import api as freezegun
from hypothesis import Phase, __version__, reproduce_failure, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from odoo import Command

from ..common import GROUP, ReversalCase
from ..figures import tell
from .choices import EURO, RATES, START
from .documents import BANK, HOME, RECEIVABLE, RECEIVED, REVENUE, SPENT, TAX, WAITING
from .machine import World

#: Sequences a class and length: of six classes, 306 in CI and twelve in a quick run.
SEQUENCES = {"dev": 1, "ci": 17}
#: The most actions in a sequence. Most of what is found takes a few; a third goes on
#: for as long as those of `make fuzz`.
LENGTHS = {"dev": (8, 25), "ci": (8, 14, 25), "fuzz": (25,)}
#: As many sequences `make fuzz` draws from one seed.
ROUND = 25
#: Each run draws sequences that nobody saw before; with this they are drawn again.
SEED = int(
    os.environ.get("ERP_SIMULATOR_SEED")
    # The same each time: a change is told apart from what was never tried before.
    or (1 if os.environ.get("CI") else random.getrandbits(32))
)


class SimulatorCase(ReversalCase):
    """A company, made once; each sequence is a savepoint of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        sales = "sales_team.group_sale_salesman_all_leads"
        cls.accountant = cls._user(
            "accountant_t",
            sales,
            "account.group_account_manager",
            "account.group_account_user",
            GROUP + "user",
        )
        cls.euro = cls.setup_other_currency(
            EURO, rates=[(str(day), float(rate)) for day, rate in RATES]
        )
        cls.euro_pricelist = cls.env["product.pricelist"].create(
            {"name": EURO, "currency_id": cls.euro.id}
        )
        cls.currencies = {cls.company.currency_id.id: HOME, cls.euro.id: EURO}
        cls.company.tax_exigibility = True
        cls.sold = cls._product()
        cls.account_ids = cls._accounts()
        cls.accounts = {number: name for name, number in cls.account_ids.items()}
        found = cls.env["account.account"].with_company(cls.company)
        cls.codes = {
            name: found.browse(number).code for name, number in cls.account_ids.items()
        }
        cls.sim_taxes = cls._taxes()
        cls.counts = Counter()

    @classmethod
    def _product(cls):
        return cls.env["product.product"].create(
            {
                "name": "Service",
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                "property_account_income_id": cls._revenue().id,
            }
        )

    @classmethod
    def _revenue(cls):
        return cls.company_data["default_account_revenue"]

    @classmethod
    def _accounts(cls):
        def account(code, name, kind, **values):
            return cls.env["account.account"].create(
                {"code": code, "name": name, "account_type": kind, **values}
            )

        payments = cls.env["account.payment"].with_company(cls.company)
        payments = payments.new({"company_id": cls.company.id})
        income = "income_other"
        accounts = {
            RECEIVABLE: cls.company_data["default_account_receivable"],
            REVENUE: cls._revenue(),
            TAX: account("251980", "Tax", "liability_current"),
            WAITING: account(
                "251990", "Tax waiting", "liability_current", reconcile=True
            ),
            RECEIVED: payments._get_outstanding_account("inbound"),
            SPENT: payments._get_outstanding_account("outbound"),
            BANK: cls.bank.default_account_id,
            "gain": cls.company.income_currency_exchange_account_id,
            "loss": cls.company.expense_currency_exchange_account_id,
            "gain2": account("441990", "Gain elsewhere", income),
            "loss2": account("641990", "Loss elsewhere", "expense"),
        }
        return {name: found.id for name, found in accounts.items()}

    @classmethod
    def _taxes(cls):
        def tax(name, amount, **values):
            parts = [
                Command.create({"repartition_type": "base"}),
                Command.create(
                    {
                        "repartition_type": "tax",
                        "account_id": cls.account_ids[TAX],
                    }
                ),
            ]
            return cls.env["account.tax"].create(
                {
                    "name": name,
                    "amount": amount,
                    "company_id": cls.company.id,
                    "country_id": cls.company.account_fiscal_country_id.id,
                    "invoice_repartition_line_ids": parts,
                    "refund_repartition_line_ids": parts,
                    **values,
                }
            )

        return {
            "none": cls.env["account.tax"],
            "plain": tax("simulated", 15.0),
            "later": tax(
                "simulated later",
                10.0,
                tax_exigibility="on_payment",
                cash_basis_transition_account_id=cls.account_ids[WAITING],
            ),
        }

    world = World

    # ------------------------------------------------------------------
    # A sequence
    # ------------------------------------------------------------------

    def begin(self):
        self.env.invalidate_all()
        self.savepoint = self.cr.savepoint()
        self.move_to(START)

    def end(self):
        self.savepoint.rollback()
        self.savepoint.close(rollback=False)
        self.cr.clear()
        self.env.invalidate_all(flush=False)

    def move_to(self, day):
        self.clock.move_to(f"{day} 10:00:00")

    def check_chain(self):
        log = self.env["order.reversal.log"].with_user(self.auditor)
        chain = log.verify_chain(self.company)
        self.assertTrue(chain["intact"], chain)

    def run_daily_check(self):
        """What the scheduler does every day, without its commits."""
        # sudo: the scheduler is nobody
        reversals = (
            self.env["order.reversal"]
            .sudo()
            .search([("company_id", "=", self.company.id), ("state", "=", "done")])
        )
        for reversal in reversals:
            reversal._verify_again()

    # ------------------------------------------------------------------
    # Many
    # ------------------------------------------------------------------

    def run_sequences(self, number):
        """Sequences by a seed that is printed.

        :param int number: of the class, so that none runs another's sequences
        """
        # what stays for the whole of the class is no business of the collector
        gc.collect()
        gc.freeze()
        self.addCleanup(gc.unfreeze)
        freezer = freezegun.freeze_time(f"{START} 10:00:00", ignore=["hypothesis"])
        self.clock = freezer.start()
        self.addCleanup(freezer.stop)
        profile = os.environ.get("HYPOTHESIS_PROFILE", "dev")
        started = freezegun.real_monotonic()
        try:
            self.run_profile(profile, number)
        finally:
            tell(f"{dict(self.counts)} in {freezegun.real_monotonic() - started:.0f} s")

    def run_profile(self, profile, number):
        lengths = LENGTHS.get(profile, LENGTHS["fuzz"])
        if blob := os.environ.get("ERP_REPLAY"):
            # printed with the failure, like the length of the sequence
            length = int(os.environ.get("ERP_LENGTH") or max(lengths))
            replay = reproduce_failure(__version__, blob.encode())
            self.run_machine(settings(), length, replay)
        elif profile in SEQUENCES:
            count = int(os.environ.get("ERP_SIMULATOR_COUNT") or SEQUENCES[profile])
            quick = settings(max_examples=count, phases=[Phase.generate])
            tell(f"seed {SEED} (ERP_SIMULATOR_SEED)")
            for length in lengths:
                draw = seed(f"{SEED} {number} {length}")
                with self.subTest(seed=SEED, length=length):
                    self.run_machine(quick, length, draw)
        else:
            self.fuzz(number, *lengths)

    def fuzz(self, number, length):
        """Sequences that nobody saw before, each round by a seed that is printed."""
        minutes = float(os.environ.get("ERP_FUZZ_MINUTES") or 10)
        end = freezegun.real_monotonic() + 60 * minutes
        drawn = SEED
        while freezegun.real_monotonic() < end:
            tell(f"seed {drawn} (ERP_SIMULATOR_SEED)")
            how = settings(max_examples=ROUND)
            self.run_machine(how, length, seed(f"{drawn} {number} {length}"))
            drawn = random.getrandbits(32)

    def run_machine(self, how, length, decorate):
        run_state_machine_as_test(
            decorate(partial(self.world, self)),
            settings=settings(how, stateful_step_count=length, derandomize=False),
        )


@pytest.mark.fuzz
class TestSimulatorOne(SimulatorCase):
    def test_sequences(self):
        self.run_sequences(1)


@pytest.mark.fuzz
class TestSimulatorTwo(SimulatorCase):
    def test_sequences(self):
        self.run_sequences(2)


@pytest.mark.fuzz
class TestSimulatorThree(SimulatorCase):
    def test_sequences(self):
        self.run_sequences(3)


@pytest.mark.fuzz
class TestSimulatorFour(SimulatorCase):
    def test_sequences(self):
        self.run_sequences(4)

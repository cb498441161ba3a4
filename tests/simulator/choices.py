"""What there is to choose from."""

from datetime import date

from hypothesis import strategies as st

START = date(2026, 3, 2)
EURO = "EUR"
#: Amounts in euros are worth whole cents at each of these.
RATES = (
    (date(2026, 1, 1), "0.5"),
    (date(2026, 4, 1), "0.8"),
    (date(2026, 5, 1), "1.25"),
)
PRICES = {"none": (10000, 3333), "plain": (10000, 3333, 25000), "later": (10000, 4000)}
EURO_PRICE = 8000

#: What may stand against a reversal beside what the books foresee: an order whose
#: credit note by hand was taxed otherwise is the host's own difference.
ODD = {"credit_exceeds", "credit_negative", "credit_paid_back", "already_reversed"}

picks = st.integers(0, 5)
lines = st.lists(st.tuples(picks, st.sampled_from((1, 2, 3))), min_size=1, max_size=2)
methods = st.sampled_from(("auto", "auto", "credit_note", "void"))
money = st.sampled_from(("auto", "credit", "void", "refund"))
looks = st.sampled_from((False, False, False, True))
scopes = st.sampled_from(("payment", "invoice", "draft", "cancel", "cancel", "unlock"))
setups = st.one_of(
    st.tuples(
        st.just("lock"),
        st.tuples(
            st.sampled_from(("sale_lock_date", "fiscalyear_lock_date")),
            st.integers(1, 20),
        ),
    ),
    st.tuples(st.just("rate"), st.sampled_from(("0.5", "0.8", "1.25"))),
    st.tuples(st.just("tax"), st.sampled_from((15, 20))),
    st.tuples(st.just("cash_basis"), st.booleans()),
    st.tuples(st.just("exchange"), st.booleans()),
)


def pick(number, things):
    """One of the things there are; the same number shrinks towards the first."""
    return things[number % len(things)]

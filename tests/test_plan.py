"""The working paper in plain Python: no database, no host."""

import json

from odoo.addons.erp_order_reversal.plan import (
    CreditData,
    ItemPart,
    LinePart,
    RefundData,
    Release,
    ReleaseData,
    RematchData,
    Rest,
    TrimData,
    VoidPaymentData,
    frozen,
)

RELEASE = {
    "partial_id": 7,
    "line_id": 11,
    "counterpart_id": 12,
    "invoice_id": 3,
    "document": "INV/2026/00001",
    "amount": 690.0,
    "keep": 230.0,
    "currency_id": 1,
    "own_amount": 345.0,
    "own_currency_id": 2,
}


def through_json(data):
    """As the database keeps it."""
    return json.loads(json.dumps(data.to_json()))


def test_the_shape_of_the_data_of_a_step_stays():
    """Frozen requests and old rows: to the letter what earlier versions wrote."""
    shapes = {
        ReleaseData: [
            {"releases": [RELEASE]},
            {"releases": [RELEASE], "write_offs": [[5, -1.5, -3.0]]},
        ],
        VoidPaymentData: [
            {"releases": [RELEASE], "counter": True},
            {"releases": [], "write_offs": [[5, -1.5, -3.0]], "counter": False},
        ],
        CreditData: [
            {"whole": True},
            {
                "whole": False,
                "lines": [[4, 2.0, -20.0, -40.0]],
                "extras": [[5, -3.0, -6.0]],
                "rematch_ids": [8],
                "credit_ids": [9],
            },
        ],
        RematchData: [{"credit_ids": [9], "counterpart_ids": [12]}],
        RefundData: [{"amount": 690.0, "online": True}],
        TrimData: [{"order_ids": [2, 3]}],
    }
    for kind, rows in shapes.items():
        for row in rows:
            loaded = kind.from_json(row)
            assert through_json(loaded) == row
            assert kind.from_json(through_json(loaded)) == loaded


def test_what_came_later_is_missing_in_old_rows():
    assert ReleaseData.from_json(None) == ReleaseData()
    assert VoidPaymentData.from_json({"releases": []}).counter is False
    old = CreditData.from_json({"whole": False, "lines": [], "extras": []})
    assert (old.rematch_ids, old.credit_ids) == ([], [])
    assert Release.from_json({**RELEASE, "unknown": 1}) == Release(**RELEASE)


def test_amounts_by_name():
    row = CreditData.from_json(
        {"whole": False, "lines": [[4, 2.0, -20.0, -40.0]], "extras": [[5, -3.0, -6.0]]}
    )
    assert row.lines == [LinePart(line_id=4, quantity=2.0, amount=-20.0, balance=-40.0)]
    assert row.extras == [ItemPart(line_id=5, amount=-3.0, balance=-6.0)]


def test_what_a_release_takes_off():
    release = Release(**RELEASE)
    assert release.taken == 460.0
    assert round(release.own_taken, 6) == 230.0
    assert Release(**{**RELEASE, "amount": 0.0, "keep": 0.0}).own_taken == 345.0


def test_what_is_left_of_a_line():
    rest = Rest(10.0, -100.0, -200.0)
    rest.take(0.5, 6.0, 60.0, 120.0)
    assert rest == Rest(7.0, -70.0, -140.0)


def test_a_hash_knows_no_language_and_no_order():
    one = {"documents": {"a,1": {"name": "Order", "state": "sale", "n": [1, 2]}}}
    two = {"documents": {"a,1": {"n": (1, 2), "state": "sale", "name": "订单"}}}
    assert frozen.fingerprint(one) == frozen.fingerprint(two)
    two["documents"]["a,1"]["state"] = "cancel"
    assert frozen.fingerprint(one) != frozen.fingerprint(two)


def test_what_changed_since_a_request():
    before = {
        "documents": {
            "sale.order,1": {"name": "S1", "state": "sale"},
            "account.move,2": {"name": "INV 2", "state": "posted"},
            "account.move,3": {"name": "INV 3", "state": "posted"},
        }
    }
    after = {
        "documents": {
            "sale.order,1": {"name": "renamed", "state": "sale"},
            "account.move,2": {"name": "INV 2", "state": "cancel"},
            "account.payment,4": {"name": "PAY 4"},
        }
    }
    assert [
        (key, bool(old), bool(new)) for key, old, new in frozen.changed(before, after)
    ] == [
        ("account.move,2", True, True),
        ("account.move,3", True, False),
        ("account.payment,4", False, True),
    ]
    assert frozen.changed(before, before) == []


def test_the_key_of_a_document():
    key = frozen.document_key("sale.order", 17)
    assert key == "sale.order,17"
    assert frozen.parse_key(key) == ("sale.order", 17)

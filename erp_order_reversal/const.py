"""Values shared by the models of the addon: the public contract in one place."""

# How far back a reversal goes. Each scope includes the ones before it.
SCOPES = [
    ("unlock", "Unlock only"),
    ("payment", "Payments"),
    ("invoice", "Payments and invoices"),
    ("draft", "Back to quotation"),
    ("cancel", "Cancel the order"),
]
SCOPE_RANK = {scope: rank for rank, (scope, _label) in enumerate(SCOPES)}

INVOICE_METHODS = [
    ("auto", "Automatic"),
    ("credit_note", "Credit note"),
    ("void", "Void the entry"),
]
PAYMENT_METHODS = [
    ("auto", "Automatic"),
    ("credit", "Keep as customer credit"),
    ("void", "Void: it never happened"),
    ("refund", "Refund the customer"),
]

# What becomes of documents that were made for an order: purchases, tasks, repairs.
MADE_METHODS = [
    ("auto", "Automatic"),
    ("cancel", "Cancel all that is open"),
    ("keep", "Leave all, and tell who is responsible"),
]

STATES = [
    ("draft", "Draft"),
    ("to_approve", "To approve"),
    ("queued", "Queued"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
    ("undone", "Restored"),
]
# The one table of the state gate: from which states a state may be reached.
STATE_FLOW = {
    # sent back by an approver, to be changed and asked for anew
    "draft": {"to_approve"},
    "to_approve": {"draft", "queued", "failed"},
    "queued": {"draft", "failed", "to_approve"},
    "done": {"draft", "queued", "to_approve", "failed"},
    "failed": {"draft", "queued", "to_approve", "failed"},
    "rejected": {"to_approve"},
    "cancelled": {"draft", "to_approve", "queued", "failed"},
    "undone": {"done"},
}

BATCH_STATES = [
    ("draft", "Draft"),
    ("running", "Running"),
    ("paused", "Paused"),
    ("done", "Finished"),
    ("cancelled", "Cancelled"),
]

# What may be done to one document, and its name; of a restore, what becomes of the
# document. All else about an operation stands in `plan/operation.py`.
OPERATIONS = [
    ("unlock", "Unlock"),
    ("release", "Release"),
    ("void_payment", "Void payment"),
    ("trim", "Take lines off the draft"),
    ("void", "Void"),
    ("credit", "Credit note"),
    ("rematch", "Match again"),
    ("refund", "Refund"),
    ("cancel", "Cancel"),
    ("cancel_made", "Cancel what was made for it"),
    ("lower", "Lower the order"),
    ("lock_again", "Lock again"),
    ("draft", "Back to quotation"),
    # and back again, by a restore
    ("confirm", "Confirmed again"),
    ("reopen_made", "Stands again, or is made again"),
    ("open_again", "Opened once more"),
    ("raise_back", "Ordered again"),
    ("unrefund", "Its refund is cancelled"),
    ("unmatch", "What was matched instead is taken off"),
    ("uncredit", "Its credit note is cancelled"),
    ("post", "Posted again, under its own number"),
    ("refill", "Gets back the lines of this order"),
    ("post_payment", "Posted again, under its own number"),
    ("match", "Settles again what it settled"),
    ("settle", "Settled again, as it was"),
    ("lock", "Locked again"),
]

SEVERITIES = [
    ("blocker", "Blocker"),
    ("warning", "Warning"),
    ("info", "Information"),
]

# Moves that a reversal takes back, and the credit notes that take them back.
REVERSIBLE_TYPES = ("out_invoice", "out_receipt", "in_invoice", "in_receipt")
CREDIT_TYPES = ("out_refund", "in_refund")

# Types of accounts on which somebody owes something.
OWED = ("asset_receivable", "liability_payable")

# States of a payment that happened.
PAYMENT_IN_FORCE = ("in_process", "paid")

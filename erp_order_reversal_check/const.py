"""Values shared by the models of the addon: the public contract in one place."""

STATES = [
    ("agrees", "Agrees"),
    ("differs", "Differs"),
    ("accepted", "Accepted"),
]

# What can be checked, and the field of a selection's dialog that holds it.
MODELS = {
    "sale.order": "order_ids",
    "account.move": "move_ids",
    "account.payment": "payment_ids",
}

# How much whoever accepts a difference may let pass.
LEVELS = ("warning", "blocker")

# States of a payment that happened, and types of an invoice that is checked.
PAYMENT_IN_FORCE = ("in_process", "paid")
INVOICE_TYPES = ("out_invoice", "out_receipt")

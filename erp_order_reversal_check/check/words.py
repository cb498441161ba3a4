"""What a person reads of each rule: what differs, and what to do next."""

from odoo.tools import LazyTranslate

# Tables are made before there is an environment: `env._` translates them later.
# pylint: disable=prefer-env-translation
_lt = LazyTranslate(__name__)

# By code: (message with a placeholder for each value of the difference, what to do
# about it as long as the document is a draft). That it can be accepted is said by what
# shows it, to whoever may.
WORDS = {
    "quantity_ordered": (
        _lt(
            "“%(product)s”: this invoice has %(invoiced)s, but of the "
            "%(ordered)s ordered in %(order)s only %(left)s were left to "
            "invoice."
        ),
        _lt("Lower the quantity, or raise it on the order first."),
    ),
    "quantity_delivered": (
        _lt(
            "“%(product)s”: this invoice has %(invoiced)s, but of the "
            "%(delivered)s delivered for %(order)s only %(left)s were left to "
            "invoice."
        ),
        _lt("Lower the quantity, or record the delivery first."),
    ),
    "invoiced_twice": (
        _lt(
            "“%(product)s” of %(order)s is invoiced twice: all of it is on "
            "%(invoices)s already."
        ),
        _lt("Remove the line, or raise the quantity on the order first."),
    ),
    "not_ordered": (
        _lt("“%(line)s” (%(amount)s) was not ordered in %(orders)s."),
        _lt("Remove the line, or add it to the order first."),
    ),
    "not_invoiced": (
        _lt("“%(product)s” was ordered in %(order)s, and nobody invoiced it."),
        _lt("Add the line, or create the invoice from the order again."),
    ),
    "price": (
        _lt("“%(product)s” costs %(price)s here, but %(ordered)s in %(order)s."),
        _lt("Take the order's price, or change it on the order first."),
    ),
    "discount": (
        _lt(
            "“%(product)s” has a discount of %(discount)s here, but %(ordered)s"
            " in %(order)s."
        ),
        _lt("Take the order's discount, or change it on the order first."),
    ),
    "tax": (
        _lt("“%(product)s” has the tax %(taxes)s here, but %(ordered)s in %(order)s."),
        _lt("Take the order's taxes, or change them on the order first."),
    ),
    "unit": (
        _lt("“%(product)s” is invoiced by %(unit)s, but was ordered by %(ordered)s."),
        _lt("Take the order's unit, and check the quantity."),
    ),
    "product": (
        _lt("“%(invoiced)s” is invoiced in place of “%(product)s” of %(order)s."),
        _lt("Take the order's product, or change it on the order first."),
    ),
    "currency": (
        _lt("The invoice is in %(own)s, but the order (%(orders)s) is in %(ordered)s."),
        _lt("Create the invoice from the order again, or change its currency."),
    ),
    "terms": (
        _lt("The payment terms are %(own)s, but %(ordered)s in %(orders)s."),
        _lt("Take the order's terms, or change them on the order first."),
    ),
    "fiscal_position": (
        _lt("The fiscal position is %(own)s, but %(ordered)s in %(orders)s."),
        _lt("Take the order's fiscal position, or change it on the order first."),
    ),
    "customer": (
        _lt("The invoice is for %(own)s, but %(customers)s ordered %(orders)s."),
        _lt("Take the order's customer, or change the customer on the order first."),
    ),
    "invoice_address": (
        _lt("The invoice is addressed to %(own)s, but %(orders)s says %(ordered)s."),
        _lt("Take the order's invoice address, or change it on the order first."),
    ),
    "delivery_address": (
        _lt("The delivery address is %(own)s, but %(ordered)s in %(orders)s."),
        _lt("Take the order's delivery address, or change it on the order first."),
    ),
    "invoice_alike": (
        _lt(
            "The invoice has the same customer, lines and amount as %(others)s,"
            " and is of about the same day."
        ),
        _lt("Compare them. Delete this one if it is the same sale."),
    ),
    "order_alike": (
        _lt(
            "The order has the same customer, lines and amount as %(others)s, "
            "and is of about the same day."
        ),
        _lt("Compare them. Cancel this one if it is the same order."),
    ),
    "payment_over": (
        _lt(
            "The payment of %(amount)s is %(difference)s more than what is open"
            " on %(invoices)s."
        ),
        _lt(
            "Correct the amount. If the customer paid that much, the rest stays as a "
            "credit of the customer."
        ),
    ),
    "payment_under": (
        _lt("The payment of %(amount)s leaves %(difference)s open on %(invoices)s."),
        _lt("Correct the amount, unless the customer pays in parts."),
    ),
    "payment_twice": (
        _lt("The payment has the same customer and amount (%(amount)s) as %(others)s."),
        _lt("Match that payment in place of a second one."),
    ),
    "payment_partner": (
        _lt(
            "The payment is by %(payer)s, but %(customers)s was invoiced "
            "(%(invoices)s)."
        ),
        _lt("Take the customer of the invoice, unless somebody else pays for it."),
    ),
    "payment_currency": (
        _lt("The payment is in %(own)s, but %(ordered)s was invoiced (%(invoices)s)."),
        _lt("Check the currency."),
    ),
    "payment_period": (
        _lt("The payment is dated %(date)s, but the books are closed until %(lock)s."),
        _lt("Choose a later date, or ask an accountant to open the period."),
    ),
    "customer_history": (
        _lt(
            "%(amount)s is far more than %(customer)s was ever invoiced: the "
            "largest of its recent invoices was %(largest)s (without taxes)."
        ),
        _lt("Check quantities and prices."),
    ),
    "product_history": (
        _lt(
            "“%(line)s” costs %(price)s, but was lately sold for %(smallest)s "
            "to %(largest)s."
        ),
        _lt("Check the price."),
    ),
}

# What is posted or recorded can't be changed any more: what to do then.
POSTED = _lt(
    "If the invoice is wrong, take it back with “Reverse…” and invoice it again. If it "
    "is right, correct the order."
)
RECORDED = _lt(
    "If the payment is wrong, take it back with “Reverse…” and record it again."
)
# Where there is more to say of it.
STANDING = {
    "not_invoiced": _lt("Create another invoice from the order."),
    "invoice_alike": _lt(
        "Compare them. If it is the same sale, take this one back with “Reverse…”."
    ),
    "customer_history": _lt(
        "Check quantities and prices. If they are wrong, take the invoice back with "
        "“Reverse…” and invoice it again."
    ),
    "product_history": _lt(
        "Check the price. If it is wrong, take the invoice back with “Reverse…” and "
        "invoice it again."
    ),
    "payment_over": _lt(
        "If the customer paid that much, match the rest with another invoice, or pay "
        "it back. If the amount is wrong, take the payment back with “Reverse…” and "
        "record it again."
    ),
    "payment_under": _lt(
        "Record what is missing as another payment. If the amount is wrong, take this "
        "one back with “Reverse…” and record it again."
    ),
    "payment_twice": _lt(
        "Compare them. If it is the same payment, take this one back with “Reverse…”."
    ),
}
# What is done without taking anything back.
ANYBODY = ("not_invoiced",)
WHO_REVERSES = _lt("Somebody with the right “Order Reversal” may take it back.")
WHO_INVOICES = _lt("Somebody with the right “Invoicing” may change it.")

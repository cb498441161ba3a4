"""Values shared by the models of the addon."""

# What becomes of goods that were delivered. Never pretend that they moved: unless
# somebody says that they are back, the warehouse is asked to receive them.
DELIVERY_METHODS = [
    ("return", "Goods are received now"),
    ("request_return", "Ask the warehouse for the return"),
    ("keep", "Goods stay with the customer"),
]
DEFAULT_METHOD = "request_return"

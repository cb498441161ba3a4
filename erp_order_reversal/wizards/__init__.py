from . import order_reversal_reject

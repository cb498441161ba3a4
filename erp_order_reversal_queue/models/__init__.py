from . import order_reversal_batch

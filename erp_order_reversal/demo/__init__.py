from . import order_reversal_demo

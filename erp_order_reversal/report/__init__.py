from . import order_reversal_voucher

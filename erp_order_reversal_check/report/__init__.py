from . import settlement_voucher

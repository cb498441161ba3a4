from . import settlement_check_accept

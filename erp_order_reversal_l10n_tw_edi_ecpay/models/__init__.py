from . import account_move
from . import order_reversal

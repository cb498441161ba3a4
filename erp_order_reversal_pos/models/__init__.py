from . import sale_order
from . import account_move
from . import pos_order
from . import order_reversal

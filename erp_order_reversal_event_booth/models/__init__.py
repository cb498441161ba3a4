from . import event_booth
from . import sale_order
from . import order_reversal

from . import repair_order
from . import parts
from . import sale_order
from . import order_reversal

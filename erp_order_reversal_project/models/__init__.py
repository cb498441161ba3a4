from . import project_task
from . import sale_order
from . import order_reversal

from . import sale_order
from . import loyalty
from . import planner

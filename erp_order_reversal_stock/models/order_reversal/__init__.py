from . import record
from . import goods

from . import record
from . import goods
from . import lots

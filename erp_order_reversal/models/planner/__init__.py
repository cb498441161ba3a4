from . import record
from . import beside
from . import one_way

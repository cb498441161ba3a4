from . import policy
from . import record
from . import query

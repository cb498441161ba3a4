from . import record
from . import query

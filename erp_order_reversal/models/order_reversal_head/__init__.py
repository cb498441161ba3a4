from . import record
from . import deliver

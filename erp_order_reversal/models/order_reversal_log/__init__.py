from . import record
from . import chain
from . import export

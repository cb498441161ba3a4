from . import record
from . import groups
from . import assess
from . import work

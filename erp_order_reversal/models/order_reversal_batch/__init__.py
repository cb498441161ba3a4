from . import record
from . import groups
from . import assess
from . import work
from . import rules
from . import policy

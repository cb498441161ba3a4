from . import record
from . import control
from . import groups
from . import assess
from . import work
from . import part
from . import rehearse

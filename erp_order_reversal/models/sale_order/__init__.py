from . import answers
from . import unlock
from . import cancel
from . import draft
from . import settlement
from . import prepaid
from . import workflow

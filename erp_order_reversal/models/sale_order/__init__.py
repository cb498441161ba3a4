from . import answers
from . import unlock
from . import cancel
from . import lower
from . import draft
from . import settlement
from . import correct

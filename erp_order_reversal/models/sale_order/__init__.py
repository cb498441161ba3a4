from . import answers
from . import guard
from . import unlock
from . import cancel
from . import draft
from . import settlement

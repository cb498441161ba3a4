from . import answers
from . import findings
from . import plan
from . import part
from . import returns
from . import cancel
from . import keep

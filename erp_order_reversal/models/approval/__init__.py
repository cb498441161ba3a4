from . import policy_row_mixin
from . import limit
from . import stand_in

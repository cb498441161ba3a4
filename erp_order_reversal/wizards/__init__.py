from . import order_reversal_reject
from . import order_reversal_redaction

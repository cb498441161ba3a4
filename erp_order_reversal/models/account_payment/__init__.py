from . import answers
from . import guard
from . import keep
from . import void
from . import refund
from . import refund_online
from . import write_off
from . import prepaid

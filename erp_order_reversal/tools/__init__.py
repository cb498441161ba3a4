from .busy import Busy
from .plan import Plan
from .share import Rest, Share

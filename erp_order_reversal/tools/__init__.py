from .busy import Busy
from .plan import Plan, without_words
from .share import Rest, Share

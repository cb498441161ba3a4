from . import record
from . import chain
from . import anchor
from . import export
from . import story
from . import proof

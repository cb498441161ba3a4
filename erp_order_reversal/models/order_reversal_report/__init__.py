from . import record
from . import query
from . import documents

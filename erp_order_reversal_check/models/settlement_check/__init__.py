from . import check
from . import documents
from . import payments
from . import alike
from . import history
from . import words

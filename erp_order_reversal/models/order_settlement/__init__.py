from . import record
from . import difference
from . import credit
from . import finding
from . import assess
from . import findings
from . import carry_out
from . import settle

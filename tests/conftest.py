"""Settings for the whole of the tests."""

import os

from hypothesis import HealthCheck, Verbosity, settings

# A test class of the host keeps its database over all examples of a property; each
# test then sees to it that an example leaves nothing behind (a savepoint).
_COMMON = {
    "deadline": None,
    "print_blob": True,
    "suppress_health_check": [
        HealthCheck.differing_executors,
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
}
settings.register_profile("dev", max_examples=20, **_COMMON)
settings.register_profile("ci", max_examples=50, **_COMMON)
settings.register_profile(
    "fuzz", max_examples=1000, verbosity=Verbosity.normal, **_COMMON
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

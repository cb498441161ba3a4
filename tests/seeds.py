"""Where tests that draw take their seed from."""

import os
import random
import subprocess
from pathlib import Path


def seed(variable):
    """Return a seed: another one each time, in CI another one for each commit.

    So that CI goes on to what was not tried before, and a run of it can be repeated.

    :param str variable: of the environment, which gives one to be tried again
    :rtype: int
    """
    if given := os.environ.get(variable):
        return int(given)
    if not os.environ.get("CI"):
        return random.getrandbits(32)
    commit = subprocess.run(
        ("git", "rev-parse", "--short=8", "HEAD"),
        cwd=Path(__file__).parent,
        capture_output=True,
        check=True,
        text=True,
    )
    return int(commit.stdout.strip()[:8], 16)

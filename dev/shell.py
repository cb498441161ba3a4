"""Talk to the person, run programs, take turns with other processes."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import time

from . import paths


class Missing(Exception):
    """Something is missing or broken; the text says how to mend it."""


def say(text: str) -> None:
    """Tell what is being done."""
    print(f"· {text}", flush=True)


@contextlib.contextmanager
def step(text: str):
    """Tell what is being done, and how long it took when that is noticeable."""
    say(f"{text} …")
    start = time.monotonic()
    yield
    seconds = time.monotonic() - start
    if seconds >= 2:
        # others may have said something meanwhile
        say(f"{text}: done in {seconds:.0f} s")


def run(*command, log: str = "", check: bool = True, **options):
    """Run a program without input.

    :param str log: keep the output in this file of the log folder, and show its
        end if the program fails; without it the output goes to the terminal
    :param bool check: raise `Missing` if the program fails
    """
    command = [str(part) for part in command]
    if "input" not in options:
        options.setdefault("stdin", subprocess.DEVNULL)
    if not log:
        result = subprocess.run(command, **options)
        if check and result.returncode:
            raise Missing(f"This failed ({result.returncode}): {' '.join(command)}")
        return result
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    path = paths.LOGS / f"{log}.log"
    with path.open("w") as stream:
        result = subprocess.run(command, stdout=stream, stderr=stream, **options)
    if check and result.returncode:
        tail = path.read_text(errors="replace").splitlines()[-40:]
        raise Missing(
            "\n".join([*tail, f"This failed: {' '.join(command)}", f"Log: {path}"])
        )
    return result


def output(*command, **options) -> str:
    """Run a program and return what it prints, or '' if it fails."""
    options.setdefault("stdin", subprocess.DEVNULL)
    try:
        result = subprocess.run(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            **options,
        )
    except OSError:
        return ""
    return result.stdout.strip() if not result.returncode else ""


def is_root() -> bool:
    """Return whether this process may install system packages."""
    return os.geteuid() == 0


def which(*names: str) -> str:
    """Return the path of the first of the programs that exists, else ''."""
    for name in names:
        path = shutil.which(name)
        if path:
            return path
    return ""


@contextlib.contextmanager
def lock(name: str, waiting_for: str):
    """Let one process at a time do this, over all clones of the state folder."""
    folder = paths.STATE / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting until another process has finished: {waiting_for}")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def fail(text: str) -> int:
    """Report an error, return the exit code for it."""
    print(f"✗ {text}", file=sys.stderr, flush=True)
    return 1

"""Figures that a test wants to be read at the end of a run, also when it passes."""

from itertools import chain

_told = []


def tell(text):
    """Have a line printed below the results, whichever worker runs the test."""
    _told.append(text)


def attach(report):
    """Give a test's report what the test told."""
    report.user_properties += [("figures", text) for text in _told]
    _told.clear()


def write(terminal):
    """Print what all tests told."""
    reports = chain.from_iterable(terminal.stats.values())
    lines = [
        f"{report.nodeid.split('::', 1)[-1]}: {text}"
        for report in reports
        for name, text in getattr(report, "user_properties", ())
        if name == "figures"
    ]
    if lines:
        terminal.section("figures")
        for line in lines:
            terminal.line(line)

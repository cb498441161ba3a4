"""The table of README.md that says what came of our addons beside the host's others.

`make cohabit` writes the rows of the groups that it ran, and keeps the others.
"""

import datetime

from . import paths

README = paths.REPO / "README.md"
BEGIN = "<!-- cohabit: this table is written by `make cohabit` -->"
END = "<!-- cohabit: end -->"
STAGES = ("install", "main job", "restore", "peer", "uninstall")
HEADS = ("group", "addons of the host", *STAGES, "in all", "run on")
NOT_RUN = "–"
#: Results of the host's own installation are told only if it failed.
HOST = "host"


def write(groups: list, wanted: list) -> str:
    """Put the results of groups into the table, in the order of the list.

    :param groups: all groups that there are
    :param wanted: those that were run
    :return: the table
    """
    before, _begin, rest = README.read_text().partition(BEGIN)
    table, _end, after = rest.partition(END)
    rows = {
        cells[0]: cells
        for cells in map(_cells, table.splitlines())
        if len(cells) == len(HEADS)
    }
    rows |= {group.name: _row(group) for group in wanted}
    lines = [_line(HEADS), _line(["---"] * 2 + ["--:"] * (len(HEADS) - 2))]
    lines += [_line(rows.get(group.name) or _empty(group)) for group in groups]
    text = "\n".join(lines)
    if rest:
        README.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
    return text


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _line(cells) -> str:
    return f"| {' | '.join(cells)} |"


def _empty(group) -> list[str]:
    cells = [NOT_RUN] * (len(HEADS) - 2)
    return [group.name, " ".join(group.modules), *cells]


def _row(group) -> list[str]:
    cells = _empty(group)
    if group.results.get(HOST, "").startswith("ok"):
        cells[2 : 2 + len(STAGES)] = [
            group.results.get(stage, NOT_RUN) for stage in STAGES
        ]
    else:
        cells[2] = "the host's addons can't be installed"
    cells[-2] = f"{group.seconds:.0f} s"
    cells[-1] = datetime.date.today().isoformat()
    return cells

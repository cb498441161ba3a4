"""The addons for the host's others: small, and built on what the docs page names."""

import ast
import functools
import re
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent
CORE = REPO / "erp_order_reversal"
#: Addons with a trade of their own, which the page is not about.
LARGE = {f"{CORE.name}_{name}" for name in ("check", "stock", "queue", "dashboard")}
ADDONS = sorted(path.parent.name for path in REPO.glob("erp_order_*/__manifest__.py"))
GLUE = [name for name in ADDONS if name != CORE.name and name not in LARGE]
#: Stages of an operation, whose methods are named after it.
STAGES = "apply", "check", "obstacles"


def trees(addon):
    for path in sorted((REPO / addon).rglob("*.py")):
        yield ast.parse(path.read_text())


@functools.cache
def defined(addon):
    """The private methods that an addon defines."""
    return {
        node.name
        for tree in trees(addon)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and re.match(r"_(?!_)", node.name)
    }


def named(addon):
    """The private methods that an addon defines or calls."""
    called = {
        node.attr
        for tree in trees(addon)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
    }
    return defined(addon) | called


@pytest.mark.parametrize("addon", GLUE)
def test_it_is_small(addon):
    files = [
        path
        for suffix in ("py", "xml", "js", "csv")
        for path in (REPO / addon).rglob(f"*.{suffix}")
    ]
    assert sum(len(path.read_text().splitlines()) for path in files) < 400


@pytest.mark.parametrize("addon", GLUE)
def test_it_is_built_on_public_hooks(addon):
    page = (REPO / "docs" / "teach_it_your_document.md").read_text()
    operations = re.compile(rf"_reversal_({'|'.join(STAGES)})_\w+")
    hooks = set(re.findall(r"_\w+", page))
    used = {
        name for name in named(addon) & defined(CORE) if not operations.fullmatch(name)
    }
    assert used <= hooks


def test_the_readme_names_each_addon():
    table = (REPO / "README.md").read_text().partition("\n## ")[0]
    names = set(re.findall(r"`(_\w+|erp_order_\w+)`", table))
    full = {f"{CORE.name}{name}" if name[0] == "_" else name for name in names}
    assert set(ADDONS) <= full

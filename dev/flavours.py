"""The kinds of databases: what each has of the host, of ours, and which tests run."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from . import paths


@dataclass(frozen=True)
class Flavour:
    """A kind of database."""

    #: what it has of the host beside the one below; what the host lacks is left out
    modules: tuple[str, ...]
    #: the flavour that it is built upon
    below: str = ""
    #: the folder of the tests that run on it, if any
    tests: str = ""
    #: whether our addons bring their demo data, as what people look at does
    demo: bool = True


FLAVOURS = {
    "base": Flavour(
        ("sale_management", "account_payment", "payment_demo"), "", "tests"
    ),
    "full": Flavour(("stock", "stock_account", "sale_stock"), "base", "tests/stock"),
    "kits": Flavour(("sale_mrp",), "full", "tests/kits"),
    "queue": Flavour(("queue_job",), "full", "tests/queue"),
    "dashboard": Flavour(("spreadsheet_dashboard",), "queue", "tests/dashboard"),
    "cohabit": Flavour(
        (
            "account_debit_note",
            "sale_loyalty",
            "sale_timesheet",
            "event_sale",
            "event_booth_sale",
            "sale_purchase",
            "sale_mrp",
            "sale_project",
            "repair",
            "pos_sale",
            "website_sale_slides",
        ),
        "full",
        "tests/cohabit",
        demo=False,
    ),
    # for its terms alone: each country is tried by itself, see cohabit.txt
    "countries": Flavour(
        (
            "l10n_cn",
            "l10n_latam_invoice_document",
            "l10n_sa",
            "l10n_es_edi_facturae",
            "l10n_es_edi_tbai",
            "l10n_es_edi_verifactu",
            "l10n_tw_edi_ecpay",
            "l10n_vn_edi_viettel",
        ),
        "base",
        "",
        demo=False,
    ),
}
#: Folders of tests that a command of its own runs.
APART = {"tests/peer": "make cohabit"}


def largest() -> str:
    """Return the flavour that people look at: stock, the queue, and dashboards."""
    return "dashboard"


def flavour_of(path: str) -> str:
    """Return the flavour that the tests in this path need.

    :param str path: relative to the clone, normalised
    """
    inside = {
        name: flavour.tests
        for name, flavour in FLAVOURS.items()
        if flavour.tests and f"{path}/".startswith(f"{flavour.tests}/")
    }
    return max(inside, key=lambda name: len(inside[name]), default="base")


class Modules:
    """What the modules on an addons path say of themselves."""

    def __init__(self, folders: Iterable[Path]):
        self.manifests = {}
        for folder in folders:
            for path in sorted(Path(folder).glob("*/__manifest__.py")):
                manifest = ast.literal_eval(path.read_text())
                if manifest.get("installable", True):
                    self.manifests.setdefault(path.parent.name, manifest)

    def known(self, names: Iterable[str]) -> list[str]:
        """Return those of the names that are on the addons path."""
        return [name for name in names if name in self.manifests]

    def depends(self, name: str) -> list[str]:
        """Return what the module depends on."""
        return self.manifests[name].get("depends", ["base"])

    def closure(self, names: Iterable[str]) -> set[str]:
        """Return all of the host that is there once these are installed.

        Modules that install themselves are among them; those of a country are not, they
        wait for a company there.
        """
        present, waiting = set(), {"base", *self.known(names)}
        while waiting:
            present |= waiting
            needed = {part for name in waiting for part in self.depends(name)}
            waiting = set(self.known(needed)) - present or {
                name
                for name in self.manifests.keys() - present
                if self._installs_itself(name, present)
            }
        return present

    def _installs_itself(self, name: str, present: set[str]) -> bool:
        manifest = self.manifests[name]
        automatic = manifest.get("auto_install", False)
        if not automatic or manifest.get("countries") or name in paths.addons():
            return False
        wanted = self.depends(name) if automatic is True else automatic
        return set(wanted) <= present

    def ours(self, present: set[str]) -> list[str]:
        """Return this clone's addons for which all is there, those depended on first.

        :param set present: the host's modules
        """
        found = []
        waiting = paths.addons()
        while True:
            ready = [
                name
                for name in waiting
                if set(self.depends(name)) <= present.union(found)
            ]
            if not ready:
                return found
            found += ready
            waiting = [name for name in waiting if name not in ready]

    def of_flavour(self, flavour: str) -> list[str]:
        """Return what the flavour installs of the host, those below included."""
        chosen = FLAVOURS[flavour]
        below = self.of_flavour(chosen.below) if chosen.below else []
        return list(dict.fromkeys([*below, *self.known(chosen.modules)]))

    def addons_for(self, flavour: str) -> list[str]:
        """Return this clone's addons that the flavour has."""
        return self.ours(self.closure(self.of_flavour(flavour)))

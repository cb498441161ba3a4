"""Export the terms of the addons, and bring their translations up to date."""

from . import paths
from .database import Databases
from .flavours import FLAVOURS, largest
from .shell import run, say
from .workshop import Workshop

#: Runs in the host's Python, which has polib. Dates would differ at every export.
MERGE = """
import glob, sys, polib
for path in sys.argv[1:]:
    template = polib.pofile(path, wrapwidth=78)
    for key in ("POT-Creation-Date", "PO-Revision-Date"):
        template.metadata.pop(key, None)
    template.save(path)
    for name in glob.glob(path.rsplit("/", 1)[0] + "/*.po"):
        catalogue = polib.pofile(name, wrapwidth=78)
        catalogue.merge(template)
        for entry in catalogue.obsolete_entries():
            catalogue.remove(entry)
        catalogue.save(name)
        open_terms = len(catalogue.untranslated_entries())
        open_terms += len(catalogue.fuzzy_entries())
        print(f"  {name}: {open_terms} of {len(catalogue)} terms to translate")
"""


def main(workshop: Workshop) -> int:
    """Write each addon's .pot, and merge it into its .po files."""
    databases = Databases(workshop)
    waiting = paths.addons()
    # the fewer databases the better: what people look at has nearly all
    for flavour in dict.fromkeys([largest(), *FLAVOURS]):
        addons = [
            name for name in workshop.modules.addons_for(flavour) if name in waiting
        ]
        if addons:
            _export(workshop, databases.built(flavour), addons)
            waiting = [name for name in waiting if name not in addons]
    for name in waiting:
        say(f"Not exported, no flavour has what it depends on: {name}")
    return 1 if waiting else 0


def _export(workshop: Workshop, database: str, addons: list[str]) -> None:
    say(f"Exporting the terms of {', '.join(addons)}")
    workshop.odoo(
        "i18n", "export", "-c", workshop.config, "-d", database, *addons, log="i18n"
    )
    templates = [f"{name}/i18n/{name}.pot" for name in addons]
    run(workshop.python, "-c", MERGE, *templates, cwd=paths.REPO)

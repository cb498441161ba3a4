"""Write README and store page of each addon from the fragments in its readme folder.

Runs in the environment of the linters, which has docutils.
"""

import ast
import sys
from pathlib import Path

from . import paths

#: A section of the README, by the name of its fragment.
SECTIONS = {
    "DESCRIPTION": "",
    "INSTALL": "Installation",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "ROADMAP": "Known issues",
    "HISTORY": "Changelog",
}
README = "README.rst"
PAGE = "static/description/index.html"
IMAGES = "static/description/"
NOTICE = "Written by `make format` from the fragments in readme/: change those."
SETTINGS = {
    "embed_stylesheet": False,
    "file_insertion_enabled": False,
    "halt_level": 2,
    "initial_header_level": 2,
    "raw_enabled": False,
    "smart_quotes": False,
    "strip_comments": True,
    "syntax_highlight": "none",
}


def readme(addon: Path) -> str:
    """Return the README of an addon.

    :raise FileNotFoundError: if it has no description
    """
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    title = manifest["name"]
    parts = [f".. {NOTICE}", _heading(title, "=", over=True)]
    for name, section in SECTIONS.items():
        path = addon / "readme" / f"{name}.rst"
        if path.is_file() or name == "DESCRIPTION":
            text = path.read_text().strip()
            parts += [_heading(section, "=") if section else "", text]
    people = f"Author: {manifest['author']}. Licence: {manifest['license']}."
    parts += [_heading("Author and licence", "="), people]
    return "\n\n".join(filter(None, parts)) + "\n"


def _heading(text: str, line: str, over: bool = False) -> str:
    # a Chinese character is as wide as two others
    rule = line * sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
    return "\n".join([rule, text, rule] if over else [text, rule])


def page(text: str) -> str:
    """Return the store page that says the same as the README."""
    from docutils.core import publish_parts

    parts = publish_parts(text, writer="html5", settings_overrides=SETTINGS)
    # the host looks for the page's images beside the page
    body = parts["html_body"].replace(f'src="{IMAGES}', 'class="img-fluid" src="')
    lines = ["<!-- " + NOTICE + " -->", '<section class="oe_container">', body.strip()]
    return "\n".join([*lines, "</section>"]) + "\n"


def main(check: bool) -> int:
    """Write what differs, or only say so.

    :return: 1 if something differs and is only said, else 0
    """
    failed = 0
    for name in paths.addons():
        addon = paths.REPO / name
        try:
            text = readme(addon)
        except FileNotFoundError as error:
            print(f"{name}: there is no {error.filename}")
            failed = 1
            continue
        for relative, wanted in ((README, text), (PAGE, page(text))):
            path = addon / relative
            if path.is_file() and path.read_text() == wanted:
                continue
            if check:
                print(f"{name}/{relative} is not what readme/ gives: make format")
                failed = 1
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(wanted)
                print(f"Written: {name}/{relative}")
    return failed


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))

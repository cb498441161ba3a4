"""A before-image of which something can be removed, and the rest stays proven."""

import copy
import hmac
import json
import secrets

from .verify_log import canonical, digest


def new_salt():
    """A secret of 16 bytes: without it, nobody can find a removed value by trying."""
    return secrets.token_hex(16)


def seal(image, places):
    """An image with sealed values, and what opens them.

    :param dict image: JSON values, with its "salt"
    :param places: paths of the values to seal, each a tuple of keys and indexes
    :return: (the sealed image, {commitment: [salt, value]})
    """
    sealed = _copy(image)
    secret = image["salt"].encode()
    openings = {}
    for path in places:
        parent = sealed
        for key in path[:-1]:
            parent = parent[key]
        where = "/".join(map(str, path)).encode()
        # A salt of its own for each value: one can be opened without the others.
        own = hmac.digest(secret, where, "sha256").hex()[:32]
        opening = [own, parent[path[-1]]]
        commitment = digest(canonical(opening))
        openings[commitment] = opening
        parent[path[-1]] = {"sealed": commitment}
    return sealed, openings


def _copy(image):
    """A copy whose rows can be changed; what is in a row is shared."""
    parts = {
        key: copy.deepcopy(value)
        for key, value in image.items()
        if key not in ("tables", "side_items")
    }
    if "side_items" in image:
        parts["side_items"] = image["side_items"]
    parts["tables"] = {
        table: [dict(row) for row in rows]
        for table, rows in image.get("tables", {}).items()
    }
    return parts


def get_commitment(value):
    """The hash that stands for a sealed value, or None."""
    return value.get("sealed") if isinstance(value, dict) else None


def to_text(image, openings):
    """A sealed image as text, with what opens the values that are left."""
    return canonical({"image": image, "open": openings})


def from_text(text):
    """The two parts of a sealed image.

    :return: (image, openings)
    """
    value = json.loads(text)
    return value["image"], value["open"]

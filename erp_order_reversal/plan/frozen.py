"""What a request froze: its canonical form, its hash, and what changed since."""

import hashlib
import json

#: Keys of a frozen plan whose values are for people to read, in their language.
WORDS = frozenset(("name", "document", "goods"))


def without_words(data):
    """What of a frozen plan is the same in every language.

    :param data: a value as JSON has them
    """
    if isinstance(data, dict):
        return {
            key: without_words(value) for key, value in data.items() if key not in WORDS
        }
    if isinstance(data, list | tuple):
        return [without_words(value) for value in data]
    return data


def canonical(data):
    """The one JSON text of `data`: keys in order, nothing between them (str)."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)


def fingerprint(data):
    """SHA-256 (hex) of a frozen plan, the words left out.

    Who asks and who approves may read different languages.
    """
    return hashlib.sha256(canonical(without_words(data)).encode()).hexdigest()


def document_key(model, record_id):
    """The key of a document in a frozen plan.

    :param str model: name of its model
    :param int record_id: its id
    :return: str
    """
    return f"{model},{record_id}"


def parse_key(key):
    """The model (str) and the id (int) that a key of a frozen plan stands for."""
    model, record_id = key.split(",")
    return model, int(record_id)


def changed(before, after):
    """The documents that differ between two frozen plans, in the order of their keys.

    :param dict before: the frozen plan of the request
    :param dict after: the plan of now
    :return: list of (key, document then or None, document now or None)
    """
    old, new = before.get("documents", {}), after.get("documents", {})
    return [
        (key, old.get(key), new.get(key))
        for key in sorted(set(old) | set(new))
        if without_words(old.get(key)) != without_words(new.get(key))
    ]

#!/usr/bin/env python3
"""Check an export of the reversal audit log, without Odoo and without its database.

    python3 verify_log.py EXPORT.zip [--key HEX]… [--head HEAD.json]…

One file, nothing but the standard library: whoever checks has this alone to read and to
trust, so that it isn't split. It says which row, head, image or file of the export is
not as it was recorded, and ends with 1 then; else with 0.

What only somebody outside can know makes it strict: `--key` names the public key that
the company publishes, `--head` a signed head that was sent out or printed before. A
head that is newer than an export shows that the export was cut or rolled back.

How the proof works
-------------------
Each row has a hash of its content, and a hash over that and the hash of the row before
it: no row can be changed, removed, inserted or moved without all the following ones. A
head states how many rows a company has and the hash of the last one, signed (Ed25519,
RFC 8032) with a key that is not in the database: whoever owns the database can compute
all hashes anew, but sign no head. The before-images and files are named by their hashes
in the rows.

Of each image the row “done” has two hashes: of its text, and of the same image with
each text value replaced by a sealed one, the hash of the value and a salt. Where
personal data had to be removed later, the sealed image stays and the removed values
lose value and salt: all else still has the hash of then, and a row “redacted” says
what was removed, by whom and why.
"""

import argparse
import contextlib
import functools
import hashlib
import json
import sys
import zipfile

VERSION = 2
# The columns of a row that its hash covers, in both versions of the log.
COLUMNS = (
    "company_id",
    "reversal_id",
    "user_id",
    "user_name",
    "create_date",
    "event",
    "res_model",
    "res_id",
    "res_name",
    "detail",
)
# The largest float that PostgreSQL and JSON write alike.
EXACT = 1e16


# ----------------------------------------------------------------------
# Canonical form and hashes: the addon itself uses these
# ----------------------------------------------------------------------


def canonical(value):
    """The one way to write a JSON value.

    :param value: JSON value
    :return: str
    """
    return json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )


def normalise(value):
    """A JSON value as a database gives it back, so that its hash is the same then.

    A database knows no negative zero, writes large floats as whole numbers, and holds
    neither the NUL character nor halves of a surrogate pair.

    :param value: JSON value, also with tuples and keys that are no strings
    :return: JSON value
    """
    if isinstance(value, dict):
        return {normalise(str(key)): normalise(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [normalise(item) for item in value]
    if isinstance(value, str):
        text = value.replace("\x00", "")
        return text.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return str(value)
        if abs(value) >= EXACT:
            return int(value)
        return value + 0.0 if value else 0.0
    return value


def parse(data):
    """The JSON value that was written in its canonical form.

    :param bytes data: of one value
    :return: the value, or None where it was not written so
    """
    with contextlib.suppress(ValueError, RecursionError):
        value = json.loads(data)
        if canonical(value).encode() == data:
            return value
    return None


def is_row(row):
    """Whether the values of a row have the types that a log has."""
    content = row["content"]
    return (
        type(row["id"]) is int
        and type(row["number"]) is int
        and isinstance(row["hash"], str)
        and isinstance(row["previous_hash"], (str, type(None)))
        and isinstance(row["content_hash"], (str, type(None)))
        and isinstance(content, (dict, type(None)))
        and isinstance((content or {}).get("detail"), (dict, type(None)))
    )


def texts(value):
    """What of a list in an event is text; nothing where it is no list."""
    return (
        [item for item in value if isinstance(item, str)]
        if isinstance(value, list)
        else []
    )


def digest(data):
    """SHA-256, as hex, of bytes or text."""
    data = data.encode() if isinstance(data, str) else data
    return hashlib.sha256(data).hexdigest()


def content_hash(content):
    """The hash of what a row says, without its place in the chain."""
    return digest(canonical(content))


def row_hash(row):
    """The hash of a row: of what it says, and of the row before it.

    Rows of the first version have one hash over both.

    :param dict row: "content", "content_hash", "previous_hash"
    """
    if row["content_hash"]:
        return digest((row["previous_hash"] or "") + row["content_hash"])
    return digest(
        canonical({**row["content"], "previous_hash": row["previous_hash"] or None})
    )


# ----------------------------------------------------------------------
# Images of which personal data can be removed
# ----------------------------------------------------------------------


def unseal(value, openings):
    """A sealed image as it was; what was removed stays sealed."""
    if isinstance(value, dict):
        if set(value) == {"sealed"}:
            opening = openings.get(value["sealed"])
            return opening[1] if opening else value
        return {key: unseal(item, openings) for key, item in value.items()}
    if isinstance(value, list):
        return [unseal(item, openings) for item in value]
    return value


def commitments(value):
    """The hashes of all sealed values in an image: set of str."""
    if isinstance(value, dict):
        if set(value) == {"sealed"} and isinstance(value["sealed"], str):
            return {value["sealed"]}
        value = list(value.values())
    if isinstance(value, list):
        return set().union(*map(commitments, value))
    return set()


def is_sealed(value):
    """Whether an image is one of which something was removed."""
    return (
        isinstance(value, dict)
        and set(value) == {"image", "open"}
        and isinstance(value["image"], dict)
        and isinstance(value["open"], dict)
    )


def image_faults(data, recorded, redactions):
    """What is wrong with an image.

    :param bytes data: as it is stored
    :param dict recorded: detail of its row “done”
    :param list redactions: details of its rows “redacted”, in their order
    :return: list of str
    """
    if not redactions:
        whole = digest(data) == recorded.get("snapshot_sha256")
        return [] if whole else ["is not the image that was recorded"]
    value = parse(data)
    if not is_sealed(value):
        return ["is shown whole, or as nothing, though personal data was removed"]
    # An image of before there were two hashes is sealed when it is first redacted.
    root = recorded.get("sealed_sha256") or redactions[0].get("sealed_sha256")
    if digest(canonical(value["image"])) != root:
        return ["is not the image that was recorded"]
    faults = []
    known, opened = commitments(value["image"]), value["open"]
    for key, opening in opened.items():
        if key not in known or digest(canonical(opening)) != key:
            faults.append(f"its value {key} is not the one that was recorded")
    removed = set()
    for detail in redactions:
        removed.update(texts(detail.get("removed")))
    if hidden := known - set(opened) - removed:
        faults.append(f"{len(hidden)} of its values were removed without a record")
    if shown := removed & set(opened):
        faults.append(f"{len(shown)} of its removed values are shown")
    return faults


# ----------------------------------------------------------------------
# Ed25519 (RFC 8032), verification alone
# ----------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _recover_x(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if not square:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _point(data):
    if len(data) != 32:
        return None
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = _recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(factor, point):
    result = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            result = _add(result, point)
        point = _add(point, point)
        factor >>= 1
    return result


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = _recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


@functools.lru_cache(maxsize=4096)
def signature_is_valid(public_key, signature, message):
    """Whether a signature is one of the message by the owner of the key.

    :param str public_key: 32 bytes, as hex
    :param str signature: 64 bytes, as hex
    :param bytes message: what was signed
    """
    try:
        key, data = bytes.fromhex(public_key), bytes.fromhex(signature)
    except (ValueError, TypeError):
        return False
    # One way to write each: another case or a blank is another file.
    if key.hex() != public_key or data.hex() != signature or len(data) != 64:
        return False
    owner, first = _point(key), _point(data[:32])
    scalar = int.from_bytes(data[32:], "little")
    if not owner or not first or scalar >= L:
        return False
    challenge = hashlib.sha512(data[:32] + key + message).digest()
    challenge = int.from_bytes(challenge, "little") % L
    left = _times(scalar, BASE)
    right = _add(first, _times(challenge, owner))
    return not (
        (left[0] * right[2] - right[0] * left[2]) % P
        or (left[1] * right[2] - right[1] * left[2]) % P
    )


# ----------------------------------------------------------------------
# The check of an export
# ----------------------------------------------------------------------


class Export:
    """An export, and what is wrong with it.

    :param dict members: {name in the ZIP file: bytes}
    :param keys: public keys (hex) that may sign; empty to take the export's own
    :param heads: signed heads from outside, as dicts
    """

    def __init__(self, members, keys=(), heads=()):
        self.members = members
        self.keys = set(keys)
        self.outside = list(heads)
        self.problems = []
        self.notes = []
        self.index = {}
        self.rows = []
        self.by_number = {}

    def check(self):
        """:return: list of str, empty if the export is as it was recorded"""
        self._read_index()
        self._read_rows()
        self._check_rows()
        self._check_heads()
        self._check_images()
        self._check_members()
        return self.problems

    def _wrong(self, where, what):
        self.problems.append(f"{where}: {what}")

    def _json(self, name):
        if name not in self.members:
            self._wrong(name, "is missing")
            return None
        value = parse(self.members[name])
        if value is not None:
            return value
        self._wrong(name, "can't be read as it was written")
        return None

    def _lines(self, name):
        """The values of a file of one JSON value a line: (number of the line, value)"""
        data = self.members.get(name)
        if data is None:
            self._wrong(name, "is missing")
            return
        lines = data.split(b"\n")
        if lines.pop() != b"":
            self._wrong(f"{name} line {len(lines) + 1}", "is cut off")
        for number, line in enumerate(lines, start=1):
            value = parse(line)
            if isinstance(value, dict):
                yield number, value
                continue
            self._wrong(f"{name} line {number}", "can't be read as it was written")

    def _read_index(self):
        index = self._json("index.json")
        if isinstance(index, dict) and isinstance(index.get("files"), dict):
            self.index = index
        elif index is not None:
            self._wrong("index.json", "is no index of an export")
        signature = self._json("index.sig") if "index.sig" in self.members else None
        if signature is None:
            if self.keys or self.outside:
                self._wrong("index.json", "is not signed")
            else:
                self.notes.append("The export is not signed.")
            return
        self._check_signature(
            "index.json", signature, self.members.get("index.json", b"")
        )

    def _check_signature(self, where, signature, message):
        if not isinstance(signature, dict):
            self._wrong(where, "has no signature that can be read")
            return False
        key = signature.get("public_key")
        if self.keys and key not in self.keys:
            self._wrong(where, f"is signed with another key ({key})")
            return False
        if not isinstance(key, str) or not isinstance(signature.get("signature"), str):
            self._wrong(where, "has no signature that can be read")
            return False
        if not signature_is_valid(key, signature["signature"], message):
            self._wrong(where, "its signature is not one of this content")
            return False
        if not self.keys:
            self.notes.append(f"{where}: signed with the key {key}; is it theirs?")
        return True

    # -- rows ----------------------------------------------------------

    def _read_rows(self):
        needed = {"id", "number", "hash", "previous_hash", "content_hash", "content"}
        for line, row in self._lines("log.jsonl"):
            where = f"log.jsonl line {line}"
            if set(row) != needed or not is_row(row):
                self._wrong(where, "is no row of a log")
                continue
            self.rows.append((f"{where} (row {row['number']}, id {row['id']})", row))
            self.by_number.setdefault(row["number"], row)

    def _check_rows(self):
        before = None
        for where, row in self.rows:
            if before is None:
                whole = self.index.get("kind") != "reversal"
                if whole and (row["number"] != 1 or row["previous_hash"]):
                    self._wrong(where, "is not the first one: rows before it are gone")
            else:
                self._check_link(where, before, row)
            self._check_row(where, row)
            before = row
        if not self.rows:
            self._wrong("log.jsonl", "holds no row")

    def _check_link(self, where, before, row):
        if row["number"] != before["number"] + 1:
            self._wrong(
                where, f"follows row {before['number']}: some are gone or moved"
            )
        if row["id"] <= before["id"]:
            self._wrong(where, "is older than the one before it")
        if row["previous_hash"] != before["hash"]:
            self._wrong(where, "does not belong behind the one before it")

    def _check_row(self, where, row):
        content = row["content"]
        if content is None and not row["content_hash"]:
            self.notes.append(
                f"{where}: of the first version and shown without its content, so what "
                "comes before it is not covered by the heads behind it."
            )
            return
        if content is not None and row["content_hash"]:
            if content_hash(content) != row["content_hash"]:
                self._wrong(where, "its content was changed")
        if row_hash(row) != row["hash"]:
            self._wrong(where, "was changed: its hash is another one")
        if content is not None and row["content_hash"]:
            if content.get("number") != row["number"]:
                self._wrong(where, "has another number than it was recorded with")
            if content.get("company_id") != self.index.get("company"):
                self._wrong(where, "is of another company")

    # -- heads ---------------------------------------------------------

    def _check_heads(self):
        covered = 0
        signed = False
        for line, head in self._lines("heads.jsonl"):
            signed = True
            covered = max(covered, self._check_head(f"heads.jsonl line {line}", head))
        for number, head in enumerate(self.outside, start=1):
            self._check_head(f"head from outside no. {number}", head)
        last = self.rows[-1][1]["number"] if self.rows else 0
        if signed and covered < last:
            self._wrong(
                f"log.jsonl row {covered + 1}", "and those behind it: no head has them"
            )
        elif not signed:
            text = "No head signs the rows: whoever owns the database could have made "
            if self.keys or self.outside:
                self._wrong("heads.jsonl", "has no head")
            self.notes.append(f"{text}them anew.")
        if not self.outside:
            self.notes.append(
                "No head from outside was given: that the export is the newest one, "
                "and no earlier state, is not shown."
            )

    def _check_head(self, where, head):
        """:return: int, how many rows it has"""
        body = head.get("body") if isinstance(head, dict) else None
        if not isinstance(body, str) or not self._check_signature(
            where, head, body.encode()
        ):
            if not isinstance(body, str):
                self._wrong(where, "is no head")
            return 0
        try:
            value = json.loads(body)
            wanted = {"company", "database", "hash", "made_on", "row", "rows"}
            if not wanted <= set(value) or not isinstance(value["rows"], int):
                raise ValueError
        except (ValueError, TypeError, RecursionError):
            self._wrong(where, "is no head")
            return 0
        for name in ("company", "database"):
            if value[name] != self.index.get(name):
                self._wrong(where, f"is of another {name}")
                return 0
        row = self.by_number.get(value["rows"])
        if row is None:
            last = self.rows[-1][1]["number"] if self.rows else 0
            if value["rows"] > last:
                self._wrong(
                    f"log.jsonl row {last + 1}",
                    f"and those behind it are gone: {where} of {value['made_on']} has "
                    f"{value['rows']} rows",
                )
            return 0
        if (row["id"], row["hash"]) != (value["row"], value["hash"]):
            self._wrong(
                f"log.jsonl row {row['number']} (id {row['id']})",
                f"is not the one that {where} of {value['made_on']} has signed: it or "
                "one before it was changed",
            )
            return 0
        return value["rows"]

    # -- images and files ----------------------------------------------

    def _check_images(self):
        """Images have the hashes that the rows name, files those of the image."""
        done, redacted, moved = self._read_records()
        named = {}
        for name, data in self.members.items():
            if not name.startswith("images/"):
                continue
            where, recorded = done.get(name, (name, None))
            if recorded is None:
                self._wrong(name, "belongs to no row")
                continue
            redactions = redacted.get(name, [])
            faults = image_faults(data, recorded, redactions)
            for fault in faults:
                self._wrong(name, f"{fault} ({where})")
            if redactions and not recorded.get("sealed_sha256"):
                self.notes.append(
                    f"{name}: of the first version, sealed when personal data was "
                    "removed from it; that the rest is as it was then, the row "
                    "“redacted” alone says."
                )
            if not faults:
                named |= self._read_files(data)
        for name, kept in named.items():
            if kept and name not in self.members and name[6:] not in moved:
                self._wrong(
                    name, "is missing: no row says that it was moved or removed"
                )
        for name, data in self.members.items():
            if name.startswith("files/"):
                if name not in named:
                    self._wrong(name, "is named by no image")
                if name != f"files/{digest(data)}":
                    self._wrong(name, "was changed")

    def _read_records(self):
        """What the rows say of images and files.

        :return: ({name of an image: (row, detail of “done”)}, {name: [details of
            “redacted”]}, hashes of the files that were removed or archived)
        """
        done, redacted, moved = {}, {}, set()
        for where, row in self.rows:
            content = row["content"] or {}
            detail, event = content.get("detail") or {}, content.get("event")
            name = f"images/{content.get('reversal_id')}.json"
            if event == "done" and detail.get("snapshot_sha256"):
                done[name] = (where, detail)
            elif event == "redacted":
                redacted.setdefault(name, []).append(detail)
            if event in ("redacted", "archived"):
                moved.update(texts(detail.get("files")))
        return done, redacted, moved

    def _read_files(self, data):
        """The files that an image names: {name in the export: whether it was kept}"""
        image = parse(data)
        image = image["image"] if is_sealed(image) else image
        listed = image.get("files") if isinstance(image, dict) else None
        return {
            f"files/{file.get('sha256')}": bool(file.get("kept"))
            for file in (listed if isinstance(listed, list) else ())
            if isinstance(file, dict)
        }

    def _check_members(self):
        """All is there that the index names, as it was, and nothing else."""
        expected = self.index.get("files") or {}
        for name, known in expected.items():
            if name not in self.members:
                self._wrong(name, "is missing")
            elif digest(self.members[name]) != known:
                self._wrong(name, "is not the one that the index names")
        for name in set(self.members) - set(expected) - {"index.json", "index.sig"}:
            self._wrong(name, "was added: the index does not name it")


def read_zip(path):
    """The members of a ZIP file: {name: bytes}"""
    members = {}
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.filename in members:
                raise zipfile.BadZipFile(f"it holds {info.filename} twice")
            members[info.filename] = archive.read(info)
    return members


def say(text):
    """Write a line for a person to read."""
    sys.stdout.write(f"{text}\n")


def main(arguments=None):
    """:return: int, 0 if the export is as it was recorded"""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("export", help="the ZIP file")
    parser.add_argument("--key", action="append", default=[], help="public key, hex")
    parser.add_argument(
        "--head", action="append", default=[], help="file of a signed head"
    )
    options = parser.parse_args(arguments)
    heads = []
    for path in options.head:
        with open(path, encoding="utf-8") as stream:
            heads.append(json.load(stream))
    try:
        members = read_zip(options.export)
    except (OSError, zipfile.BadZipFile, zipfile.LargeZipFile) as error:
        say(f"WRONG  {options.export} can't be read: {error}")
        return 1
    export = Export(members, options.key, heads)
    for problem in export.check():
        say(f"WRONG  {problem}")
    for note in dict.fromkeys(export.notes):
        say(f"NOTE   {note}")
    if not export.problems:
        say(f"RIGHT  {len(export.rows)} rows are as they were recorded.")
    return 1 if export.problems else 0


if __name__ == "__main__":
    sys.exit(main())

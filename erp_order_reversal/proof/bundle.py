"""A ZIP file that checks itself: with a signed index, a README and the verifier."""

import io
import zipfile
from pathlib import Path

from . import verify_log

VERIFIER = Path(verify_log.__file__)
README = """What this is
============

{title}
made on {made_on} (UTC) by {made_by}

index.json     names every file with its SHA-256
index.sig      the signature of the index (missing where there is no key)
log.jsonl      rows of the audit log, one a line, in their order; of rows that concern
               other reversals only the hashes are given
heads.jsonl    signed heads: how many rows the log had, and the hash of the last one
images/        documents as they were before the reversal; where personal data was
               removed later, only its seal is left ("sealed"), and a row "redacted" of
               the log says who removed it, and why
files/         the PDF files of the invoices as they were, named by their SHA-256
approved.json  what was planned, what the approver was shown, what was approved
{voucher}
verify_log.py  checks all of it; needs Python 3 and nothing else

How to check it
===============

    python3 verify_log.py {name} --key PUBLIC_KEY --head HEAD.json

Take verify_log.py from a place that you trust, not from this file. PUBLIC_KEY is the
key that the company publishes; this file says that it is
    {public_key}
HEAD.json is a signed head that you got before, by mail or from a folder. Without it
nobody can tell whether this is the newest state of the log.

A WRONG line says which row, head, image or file is not as it was recorded.
"""


def build(name, title, values, members, signer):
    """Pack files with their index, a README and the verifier.

    :param str name: of the ZIP file
    :param str title: what it is, for the README
    :param dict values: for the index: "kind", "company", "database", "made_on",
        "made_by"
    :param dict members: {name: bytes}
    :param Signer signer: or None
    :return: bytes
    """
    readme = README.format(
        name=name,
        voucher=_tell_voucher(members),
        title=title,
        made_on=values["made_on"],
        made_by=values["made_by"],
        public_key=signer.public_key if signer else "(there is none)",
    )
    members = {
        **members,
        "README.txt": readme.encode(),
        VERIFIER.name: VERIFIER.read_bytes(),
    }
    files = {member: verify_log.digest(data) for member, data in members.items()}
    index = verify_log.canonical({**values, "files": files, "version": 1})
    members["index.json"] = index.encode()
    if signer:
        signed = signer.sign(index)
        del signed["body"]
        members["index.sig"] = verify_log.canonical(signed).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in sorted(members.items()):
            archive.writestr(member, data)
    return buffer.getvalue()


def _tell_voucher(members):
    if "voucher.pdf" in members:
        return "voucher.pdf    the voucher"
    if "voucher.html" in members:
        return (
            "voucher.html   the voucher; as a web page, since the server that made\n"
            "               this file has no program that makes PDF files (wkhtmltopdf)"
        )
    return "voucher.pdf    the voucher (in the evidence of one reversal alone)"


def lines(values):
    """JSON values, one a line.

    :return: bytes
    """
    return b"".join(verify_log.canonical(value).encode() + b"\n" for value in values)

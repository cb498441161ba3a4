"""Exports that show by themselves what they hold, checked without the host."""

import io
import json
import random
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError

from odoo.addons.erp_order_reversal.proof import verify_log

from .common import GROUP, ReversalCase
from .test_files import PDF

MUTATIONS = 10_000


def unpack(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class Forger:
    """Changes an export as somebody could who has all but the key.

    :param dict members: the newest export
    :param dict older: an export of the same log from before
    """

    def __init__(self, members, older, seed):
        self.newest, self.older = members, older
        self.random = random.Random(seed)
        self.ways = [
            self.flip_a_byte,
            self.cut_a_file,
            self.drop_a_file,
            self.add_a_file,
            self.swap_files,
            self.drop_rows,
            self.cut_rows_off,
            self.swap_rows,
            self.repeat_a_row,
            self.change_a_value,
            self.make_it_anew,
            self.roll_back,
            self.roll_back_a_part,
            self.change_an_image,
        ]

    def forge(self):
        """:return: (name of the way, members, number of a row that was touched)"""
        while True:
            way = self.random.choice(self.ways)
            self.members = dict(self.newest)
            row = way()
            if self.members != self.newest:
                rows = self.members.get("log.jsonl")
                touched = row if rows != self.newest["log.jsonl"] else None
                return way.__name__, self.members, touched

    def name(self):
        return self.random.choice(sorted(self.members))

    def rows(self):
        return [json.loads(line) for line in self.members["log.jsonl"].splitlines()]

    def store(self, rows):
        self.members["log.jsonl"] = b"".join(
            verify_log.canonical(row).encode() + b"\n" for row in rows
        )
        if self.random.random() < 0.5:
            self.mend_the_index()

    def mend_the_index(self):
        """Whoever changes a file can also change its hash in the index."""
        index = json.loads(self.members["index.json"])
        index["files"] = {
            name: verify_log.digest(data)
            for name, data in self.members.items()
            if name not in ("index.json", "index.sig")
        }
        self.members["index.json"] = verify_log.canonical(index).encode()

    def chain_again(self, rows):
        """All hashes of the chain computed anew."""
        previous = rows[0]["previous_hash"]
        for row in rows:
            row["previous_hash"] = previous
            if row["content"] is not None:
                row["content_hash"] = verify_log.content_hash(row["content"])
            previous = row["hash"] = verify_log.row_hash(row)

    def flip_a_byte(self):
        name = self.name()
        data = bytearray(self.members[name])
        if data:
            place = self.random.randrange(len(data))
            data[place] ^= 1 << self.random.randrange(8)
        self.members[name] = bytes(data)
        if name == "log.jsonl":
            return self.newest[name][:place].count(b"\n")

    def cut_a_file(self):
        name = self.name()
        size = self.random.randrange(len(self.members[name]) or 1)
        self.members[name] = self.members[name][:size]

    def drop_a_file(self):
        del self.members[self.name()]

    def add_a_file(self):
        folder = self.random.choice(("", "images/", "files/"))
        self.members[f"{folder}{self.random.random()}"] = b"{}"
        if self.random.random() < 0.5:
            self.mend_the_index()

    def swap_files(self):
        one, other = self.name(), self.name()
        members = self.members
        members[one], members[other] = members[other], members[one]

    def drop_rows(self):
        rows = self.rows()
        first = self.random.randrange(len(rows))
        del rows[first : first + self.random.randint(1, 3)]
        if rows and self.random.random() < 0.5:
            for number, row in enumerate(rows, start=rows[0]["number"]):
                row["number"] = number
            self.chain_again(rows)
        self.store(rows)
        return first

    def cut_rows_off(self):
        rows = self.rows()
        rows = rows[: self.random.randrange(len(rows))]
        self.store(rows)
        if self.random.random() < 0.5:
            self.members["heads.jsonl"] = b""
            self.mend_the_index()
        return len(rows)

    def swap_rows(self):
        rows = self.rows()
        one, other = (self.random.randrange(len(rows)) for _side in range(2))
        rows[one], rows[other] = rows[other], rows[one]
        if self.random.random() < 0.3:
            self.chain_again(rows)
        self.store(rows)
        return min(one, other)

    def repeat_a_row(self):
        rows = self.rows()
        place = self.random.randrange(len(rows))
        rows.insert(place, rows[place])
        self.store(rows)
        return place

    def change_a_value(self):
        rows = self.rows()
        place = self.random.randrange(len(rows))
        row = rows[place]
        target = row
        if row["content"] and self.random.random() < 0.7:
            target = row["content"]
            if self.random.random() < 0.5 and target["detail"]:
                target = target["detail"]
        key = self.random.choice(sorted(target))
        target[key] = self.random.choice((None, 0, 1, "x", {}, [], -0.5, True))
        if self.random.random() < 0.5:
            row["content_hash"] = verify_log.digest(verify_log.canonical(row))
        self.store(rows)
        return place

    def make_it_anew(self):
        """What the owner of a database can do: all but sign."""
        rows = self.rows()
        shown = [place for place, row in enumerate(rows) if row["content"]]
        place = self.random.choice(shown)
        rows[place]["content"]["user_name"] = "Somebody else"
        self.chain_again(rows)
        self.store(rows)
        self.mend_the_index()
        return place

    def change_an_image(self):
        """A value that is shown, sealed or removed, with or without what opens it."""
        names = [name for name in self.members if name.startswith("images/")]
        if not names:
            return
        name = self.random.choice(names)
        image = json.loads(self.members[name])
        target = image
        while isinstance(target, (dict, list)) and target:
            parent = target
            key = self.random.choice(
                list(target) if isinstance(target, dict) else range(len(target))
            )
            target = target[key]
        way = self.random.randrange(3)
        if way == 0 and isinstance(parent, dict):
            del parent[key]
        elif way == 1 and image.get("open"):
            del image["open"][self.random.choice(sorted(image["open"]))]
        else:
            parent[key] = self.random.choice([None, 0, "forged", {"sealed": "0" * 64}])
        self.members[name] = verify_log.canonical(image).encode()
        if self.random.random() < 0.7:
            self.mend_the_index()

    def roll_back(self):
        """A whole export of before, with its own signatures."""
        self.members = dict(self.older)

    def roll_back_a_part(self):
        name = self.random.choice(sorted(set(self.members) & set(self.older)))
        self.members[name] = self.older[name]
        if self.random.random() < 0.5:
            self.mend_the_index()


class ProofCase(ReversalCase):
    """Exports of a log whose company has a key."""

    def setUp(self):
        super().setUp()
        self.signer = self.make_key()
        self.log = self.env["order.reversal.log"].with_user(self.auditor)

    def settle_printed(self, **values):
        order, invoice, payment = self.settle(user_id=self.clerk.id, **values)
        self.env["ir.attachment"].create(
            {
                "name": "invoice.pdf",
                "raw": PDF,
                "mimetype": "application/pdf",
                "res_model": invoice._name,
                "res_id": invoice.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        return order

    def download(self, action):
        """The members of the ZIP file that an action downloads."""
        number = int(action["url"].split("/")[4])
        export = self.env["order.reversal.export"].sudo().browse(number)
        return unpack(export.content and self.raw(export))

    def raw(self, export):
        files = self.env["ir.attachment"].sudo()
        domain = [("res_model", "=", export._name), ("res_id", "=", export.id)]
        return files.search([*domain, ("res_field", "=", "content")]).raw

    def evidence(self, reversal, user=None):
        reversal = reversal.with_user(user or self.auditor)
        return self.download(reversal.action_download_evidence())

    def whole(self):
        return self.download(
            self.log.with_company(self.company).browse().action_export_proof()
        )

    def check(self, members, heads=()):
        export = verify_log.Export(members, [self.signer.public_key], heads)
        return export.check()

    def heads_of(self, members):
        return [json.loads(line) for line in members["heads.jsonl"].splitlines()]


class TestProof(ProofCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own_only = cls._user(
            "own_only_t", "sales_team.group_sale_salesman", GROUP + "user"
        )

    # ------------------------------------------------------------------
    # What is in it, and that it is right
    # ------------------------------------------------------------------

    def test_the_evidence_of_a_reversal(self):
        first = self.reverse(self.settle_printed())
        self.env["order.reversal.head"]._make(self.company)
        reversal = self.reverse(self.settle_printed())
        self.reverse(self.settle_printed())
        # Else the host gives a web page for a PDF while it is tested.
        members = self.evidence(reversal.with_context(force_report_rendering=True))
        self.assertEqual(self.check(members, self.heads_of(members)), [])
        self.assertEqual(
            members[f"images/{reversal.id}.json"].decode(), reversal.snapshot_json()
        )
        [file] = [data for name, data in members.items() if name.startswith("files/")]
        self.assertEqual(file, PDF)
        self.assertTrue(members["voucher.pdf"].startswith(b"%PDF"))
        self.assertIn(b"voucher.pdf", members["README.txt"])
        approved = json.loads(members["approved.json"])
        self.assertEqual(len(approved["steps"]), len(reversal.step_ids))
        self.assertEqual(approved["fingerprint"], reversal.fingerprint)
        rows = [json.loads(line) for line in members["log.jsonl"].splitlines()]
        shown = {row["id"] for row in rows if row["content"]}
        self.assertEqual(shown, set(reversal.log_ids.filtered("number").ids) & shown)
        self.assertNotIn(first.log_ids[0].id, {row["id"] for row in rows})
        self.assertIn(b"python3 verify_log.py", members["README.txt"])
        exported = reversal.log_ids[-1]
        self.assertEqual((exported.event, exported.user_id), ("exported", self.auditor))

    def test_a_server_that_makes_no_pdf(self):
        reversal = self.reverse(self.settle_printed())
        reports = type(self.env["ir.actions.report"])
        with patch.object(reports, "get_wkhtmltopdf_state", lambda _reports: "install"):
            members = self.evidence(reversal)
        self.assertNotIn("voucher.pdf", members)
        self.assertIn(reversal.name, members["voucher.html"].decode())
        self.assertIn(b"no program that makes PDF", members["README.txt"])
        self.assertEqual(self.check(members), [])

    def test_who_may_not_read_all_of_it_gets_no_image(self):
        own = self.make_order(user_id=self.own_only.id)
        others = self.make_order(user_id=self.clerk.id)
        invoice = self.invoice(own | others)
        invoice.is_move_sent = True
        self.pay(invoice)
        reversal = self.reverse(own)
        members = self.evidence(reversal, self.own_only)
        self.assertFalse([name for name in members if name.startswith("images/")])
        self.assertEqual(json.loads(members["index.json"])["image"], "withheld")
        self.assertEqual(self.check(members), [])
        with self.assertRaises(AccessError):
            self.evidence(reversal, self.requester)

    def test_the_whole_log(self):
        self.reverse(self.settle_printed())
        members = self.whole()
        self.assertEqual(self.check(members, self.heads_of(members)), [])
        for user in (self.clerk, self.approver):
            with self.assertRaises(AccessError):
                self.log.with_user(user).action_export_proof()

    def test_without_a_key_it_says_so(self):
        Path(self.use_key())
        self.reverse(self.settle_printed())
        members = self.whole()
        export = verify_log.Export(members)
        self.assertEqual(export.check(), [])
        self.assertTrue([note for note in export.notes if "not signed" in note])

    def test_by_the_command_line_alone(self):
        """Without the host, without any package: an isolated Python."""
        reversal = self.reverse(self.settle_printed())
        members = self.evidence(reversal)
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "verify_log.py"
            script.write_bytes(members["verify_log.py"])
            head = Path(folder) / "head.json"
            head.write_text(json.dumps(self.heads_of(members)[-1]))

            def run(members):
                with zipfile.ZipFile(Path(folder) / "x.zip", "w") as archive:
                    for name, data in members.items():
                        archive.writestr(name, data)
                return subprocess.run(
                    [sys.executable, "-I", "-S", script, f"{folder}/x.zip"]
                    + ["--key", self.signer.public_key, "--head", head],
                    capture_output=True,
                    text=True,
                )

            result = run(members)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertIn("RIGHT", result.stdout)
            lines = members["log.jsonl"].splitlines(keepends=True)
            lines[1] = lines[1].replace(b"clerk_t", b"click_t")
            result = run({**members, "log.jsonl": b"".join(lines)})
            self.assertEqual(result.returncode, 1)
            number = json.loads(lines[1])["number"]
            self.assertIn(f"row {number}", result.stdout)

    # ------------------------------------------------------------------
    # Every forgery is found
    # ------------------------------------------------------------------

    def test_every_forgery_is_found(self):
        reversal = self.reverse(self.settle_printed())
        evidence = self.evidence(reversal)
        self.env["order.reversal.head"]._make(self.company)
        older = self.whole()
        self.reverse(self.settle_printed())
        newest = self.whole()
        heads = self.heads_of(newest)[-1:]
        # The evidence of one reversal has images and files, too.
        before = dict(evidence, **{"heads.jsonl": older["heads.jsonl"]})
        self.env["order.reversal"].with_user(self.manager)._redact(self.partner, "x")
        redacted = self.evidence(reversal)
        kinds = (
            (newest, older, heads),
            (evidence, before, self.heads_of(evidence)),
            (redacted, evidence, self.heads_of(redacted)),
        )
        ways = {}
        for seed, (members, earlier, trusted) in enumerate(kinds):
            self.assertEqual(self.check(members, trusted), [])
            rows = [json.loads(line) for line in members["log.jsonl"].splitlines()]
            forger = Forger(members, earlier, seed)
            for number in range(MUTATIONS // len(kinds) + 1):
                way, forged, place = forger.forge()
                problems = self.check(forged, trusted)
                if not problems:
                    self.fail(f"{way} no. {number} of {seed} was not found")
                ways[way] = ways.get(way, 0) + 1
                # Which row: of all that touch a row, it or the one behind it is named.
                if place is not None and place < len(rows):
                    found = " ".join(problems)
                    named = (
                        f"row {rows[place]['number']}",
                        f"line {place + 1}",
                        f"line {place + 2}",
                        "log.jsonl",
                        # what was forged stands in the index, which has no rows
                        "index.json",
                    )
                    self.assertTrue(
                        any(name in found for name in named), (way, place, problems)
                    )
        self.assertEqual(len(ways), 14, ways)
        self.assertGreaterEqual(sum(ways.values()), MUTATIONS)

"""Runs in the host's shell after the upgrade: what was recorded before still holds."""

# ruff: noqa: F821
import json

notes = json.loads(env["ir.config_parameter"].sudo().get_param(NOTES))
company = env["res.company"].browse(notes["company"])
env = working_in(env, company)
approver = env["res.users"].browse(notes["approver"])
everything = env["order.reversal"]
reversals = everything.browse([int(key) for key in notes["states"]])

# Each is in its state, and can be opened.
found = {str(reversal.id): reversal.state for reversal in reversals}
assert found == notes["states"], found
view = everything.get_view(view_type="form")
shown = {name: {} for name in view["models"]["order.reversal"]}
for user in (env.user, approver):
    for values in reversals.with_user(user).web_read(shown):
        assert values["state"] == notes["states"][str(values["id"])], values
for reversal in reversals.filtered(lambda one: one.state == "done"):
    assert reversal.action_verify(), (reversal.name, reversal.verify_detail)
    assert json.loads(reversal.snapshot_json()), reversal.name
chain = env["order.reversal.log"].verify_chain(company)
assert chain["intact"] and chain["checked"] >= notes["checked"], (chain, notes)

# What was asked for before goes on after it.
everything.browse(notes["draft"]).action_submit()
assert everything.browse(notes["draft"]).state == "done"
waiting = everything.browse(notes["to_approve"])
waiting.with_user(approver).action_approve()
assert waiting.state == "done", (waiting.state, waiting.error)
batch = env["order.reversal.batch"].browse(notes["queued"])
batch._process()
assert batch.state == "done" and batch.done_count == 2, batch.reversal_ids.mapped(
    "error"
)

# What was taken back before is restored after it, to the same balances.
identifier, taken_back = notes["restore"]
restored = everything.browse(identifier)
before = balances(env)
restored.action_undo()
assert restored.state == "undone", restored.state
assert difference(before, balances(env)) == taken_back, taken_back

# The restore that waited for its approval is a reversal of its own.
identifier, taken_back = notes["asked"]
asked = everything.browse(identifier)
waiting = everything.search([("restores_id", "=", asked.id)])
assert waiting.mapped("state") == ["to_approve"], waiting.mapped("state")
assert waiting.requester_id == env.user, waiting.requester_id
assert waiting.with_user(approver).web_read(shown)
before = balances(env)
waiting.with_user(approver).action_approve()
assert (waiting.state, asked.state) == ("done", "undone"), waiting.error
assert asked.restored_by_id == waiting, asked.restored_by_id
assert difference(before, balances(env)) == taken_back, taken_back

chain = env["order.reversal.log"].verify_chain(company)
assert chain["intact"], chain
env.cr.rollback()
print("lifecycle:", len(reversals))

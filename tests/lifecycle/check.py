"""Runs in the host's shell: what was recorded before an upgrade still holds."""

# ruff: noqa: F821
reversals = env["order.reversal"].search([("state", "=", "done")])
assert len(reversals) == 5, reversals
for reversal in reversals:
    assert reversal.action_verify(), reversal.verify_detail
waiting = env["order.reversal"].search([("state", "=", "to_approve")])
assert len(waiting) == 1, waiting
for company in reversals.company_id:
    chain = env["order.reversal.log"].verify_chain(company)
    assert chain["intact"] and chain["checked"], chain
env.cr.rollback()
print("lifecycle:", len(reversals))

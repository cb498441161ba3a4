"""Who started a batch is kept apart from who owns it."""


def migrate(cr, version):
    """Up to now both were one: nobody else could start a batch in the owner's name."""
    cr.execute(
        """UPDATE order_reversal_batch SET runner_id = requester_id
            WHERE runner_id IS NULL AND state != 'draft'"""
    )

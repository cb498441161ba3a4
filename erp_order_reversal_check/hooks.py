def post_init_hook(env):
    """Give each company its rules; later ones get theirs as they are created."""
    env["settlement.check.rule"]._create_missing()

"""What only the addon itself can hold.

An object in the context can't be sent over RPC: whoever has it there is this addon.
"""

ENGINE = object()

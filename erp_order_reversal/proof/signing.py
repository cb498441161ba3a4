"""The key that signs heads and exports: outside of the database, on demand."""

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from odoo.tools import config

OPTION = "order_reversal_signing_key"
VARIABLE = "ORDER_REVERSAL_SIGNING_KEY"


class Signer:
    """Signs with a key from a file.

    :param Ed25519PrivateKey key:
    """

    def __init__(self, key):
        self.key = key
        self.public_key = (
            key.public_key()
            .public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            .hex()
        )

    def sign(self, body):
        """:return: dict: the text, the public key and the signature, both as hex"""
        return {
            "body": body,
            "public_key": self.public_key,
            "signature": self.key.sign(body.encode()).hex(),
        }


def key_path():
    """Where the key is: by the server's configuration, its environment, or beside
    its other data.
    """
    named = config.get(OPTION) or os.environ.get(VARIABLE)
    folder = Path(config["data_dir"]) / "order_reversal"
    return Path(named or folder / "signing_key.pem")


def load():
    """:return: Signer, or None where there is no key yet

    :raise ValueError: the file holds no Ed25519 key
    """
    path = key_path()
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    key = serialization.load_pem_private_key(data, None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key")
    return Signer(key)


def create():
    """Make a key that the server alone can read.

    :raise FileExistsError: there is one, which is never overwritten
    :return: Signer
    """
    path = key_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    data = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
    return Signer(key)

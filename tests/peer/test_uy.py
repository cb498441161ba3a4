"""Uruguay: credit notes are documents of a type, like Argentina's."""

from .document_type import DocumentTypeCase
from .test_peer import PeerCase


class TestDocumentType(DocumentTypeCase, PeerCase):
    """As everywhere with document types."""

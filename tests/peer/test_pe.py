"""Peru: credit notes are documents of a type, like Argentina's."""

from .document_type import DocumentTypeCase


class TestDocumentType(DocumentTypeCase):
    """As everywhere with document types."""

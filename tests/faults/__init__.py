"""What becomes of the database when a statement fails, or two people meet."""

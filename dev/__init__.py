"""Brings up a host (Odoo, PostgreSQL, a browser) for development and tests."""

"""The migrations of the schema, one script for each change (Alembic)."""

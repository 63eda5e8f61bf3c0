"""The history of the schema, one script a change (Alembic)."""

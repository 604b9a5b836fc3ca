"""How the platform's own tables came to be, one revision after the other (Alembic)."""

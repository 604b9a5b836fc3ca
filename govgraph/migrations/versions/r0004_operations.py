"""Registered operations, and settings of single clients."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table of `schema/operations/store.py`, and the column that `auth/store.py` reads."""
    op.create_table(
        "operation",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("client", sa.String(64), primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("registered_by", sa.String(64), nullable=False),
        sa.Column("registered_at", sa.String(32), nullable=False),
    )
    op.add_column("client", sa.Column("settings", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop them again."""
    op.drop_column("client", "settings")
    op.drop_table("operation")

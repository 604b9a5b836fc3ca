"""Drafts of sources on their way to the graph, and folders admitted to departments."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables of `server/registration/store.py`."""
    op.create_table(
        "source_draft",
        sa.Column("department", sa.String(64), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("waived", sa.Boolean(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
    )
    op.create_table(
        "source_folder",
        sa.Column("department", sa.String(64), primary_key=True),
        sa.Column("folder", sa.String(1024), primary_key=True),
        sa.Column("admitted_by", sa.String(64), nullable=False),
        sa.Column("admitted_at", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("source_folder")
    op.drop_table("source_draft")

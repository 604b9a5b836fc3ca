"""Proposals that wait for a second seat, and the end of set-up."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of `auth/proposals/store.py`."""
    op.create_table(
        "proposal",
        sa.Column("number", sa.String(32), primary_key=True),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "set_up_end",
        sa.Column("one", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("finished_at", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("set_up_end")
    op.drop_table("proposal")

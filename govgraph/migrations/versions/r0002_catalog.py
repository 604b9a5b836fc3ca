"""Catalog versions, each department's manifests, resource codes, and sealed secrets."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of `schema/store.py`."""
    op.create_table(
        "catalog_version",
        sa.Column("version", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("department", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
    )
    op.create_index("catalog_version_department", "catalog_version", ["department", "version"])
    op.create_table(
        "catalog_code",
        sa.Column("code", sa.String(32), primary_key=True),
        sa.Column("place", sa.String(192), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "catalog_secret",
        sa.Column("reference", sa.String(160), primary_key=True),
        sa.Column("version", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("catalog_secret")
    op.drop_table("catalog_code")
    op.drop_index("catalog_version_department", table_name="catalog_version")
    op.drop_table("catalog_version")

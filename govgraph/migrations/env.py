"""What Alembic runs for each command; it works on the connection that `govgraph.database` hands in.

Alembic executes this file on purpose, so something does happen at import here.
"""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
context.run_migrations()

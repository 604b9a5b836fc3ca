"""What an account may change in a SQL source: a department gives the platform one that may change nothing."""

from typing import Protocol, runtime_checkable

POSTGRESQL = """
SELECT DISTINCT n.nspname || '.' || c.relname AS place
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f')
  AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  AND (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
       OR has_any_column_privilege(c.oid, 'INSERT, UPDATE'))
UNION
SELECT 'the server' FROM pg_roles
WHERE rolname = current_user AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication)
ORDER BY place
"""
"""Tables that the account may write to, beyond the schema of the source too, and `the server` for one that
may make databases or accounts."""

MYSQL = """
SELECT DISTINCT place FROM (
  SELECT grantee, privilege_type, 'the server' AS place FROM information_schema.user_privileges
  UNION ALL
  SELECT grantee, privilege_type, table_schema FROM information_schema.schema_privileges
  UNION ALL
  SELECT grantee, privilege_type, CONCAT(table_schema, '.', table_name)
  FROM information_schema.table_privileges
  UNION ALL
  SELECT grantee, privilege_type, CONCAT(table_schema, '.', table_name)
  FROM information_schema.column_privileges
) AS given
WHERE privilege_type NOT IN ('USAGE', 'SELECT', 'SHOW VIEW', 'SHOW DATABASES', 'PROCESS', 'REFERENCES')
  AND (grantee = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')
       OR REPLACE(SUBSTRING_INDEX(grantee, '@', 1), '''', '') IN
          (SELECT role_name FROM information_schema.enabled_roles))
ORDER BY place
"""

TRINO = """
SELECT DISTINCT table_schema || '.' || table_name AS place FROM information_schema.table_privileges
WHERE grantee = current_user AND privilege_type IN ('INSERT', 'UPDATE', 'DELETE')
ORDER BY place
"""


@runtime_checkable
class Writable(Protocol):
    """A connector that can tell what its account may change."""

    async def writable(self) -> tuple[str, ...]:
        """Return the places that the account may change, tables by name; empty where it may only read."""

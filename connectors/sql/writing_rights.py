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

ORACLE = """
SELECT DISTINCT place FROM (
  SELECT USER || '.' || table_name AS place FROM user_tables
  UNION ALL
  SELECT table_schema || '.' || table_name FROM all_tab_privs
  WHERE privilege IN ('INSERT', 'UPDATE', 'DELETE', 'ALTER', 'INDEX')
    AND (grantee = USER
         OR grantee IN (SELECT role FROM session_roles)
         OR grantee = 'PUBLIC'
            AND table_schema NOT IN (SELECT username FROM all_users WHERE oracle_maintained = 'Y'))
  UNION ALL
  SELECT table_schema || '.' || table_name FROM all_col_privs
  WHERE privilege IN ('INSERT', 'UPDATE')
    AND (grantee IN (USER, 'PUBLIC') OR grantee IN (SELECT role FROM session_roles))
  UNION ALL
  SELECT owner || '.' || table_name FROM role_tab_privs
  WHERE privilege IN ('INSERT', 'UPDATE', 'DELETE', 'ALTER', 'INDEX')
  UNION ALL
  SELECT 'the server' FROM session_privs
  WHERE privilege NOT IN ('CREATE SESSION', 'ALTER SESSION', 'SET CONTAINER', 'RESTRICTED SESSION',
                          'SELECT ANY TABLE', 'READ ANY TABLE', 'SELECT ANY DICTIONARY')
)
ORDER BY place
"""
"""Tables that are the account's own too, and `the server` for one with any other right of the system than
those that only read."""

MSSQL = """
SELECT place FROM (
  SELECT s.name + '.' + o.name AS place
  FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id
  WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
    AND (HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(o.name), 'OBJECT', 'INSERT') = 1
         OR HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(o.name), 'OBJECT', 'DELETE') = 1
         OR HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(o.name), 'OBJECT', 'ALTER') = 1
         OR EXISTS (SELECT 1 FROM sys.columns c
                    WHERE c.object_id = o.object_id
                      AND HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(o.name), 'OBJECT', 'UPDATE',
                                            c.name, 'COLUMN') = 1))
  UNION
  SELECT 'the server'
  WHERE IS_SRVROLEMEMBER('sysadmin') = 1 OR HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY DATABASE') = 1
     OR HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'CREATE TABLE') = 1
     OR HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'ALTER') = 1
) AS found
ORDER BY place
"""


@runtime_checkable
class Writable(Protocol):
    """A connector that can tell what its account may change."""

    async def writable(self) -> tuple[str, ...]:
        """Return the places that the account may change, tables by name; empty where it may only read."""

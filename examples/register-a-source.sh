#!/usr/bin/env bash
# A department puts its source on the graph of the running demo, with nothing but documented commands.
#
#   make demo                        # in one terminal
#   examples/register-a-source.sh    # in another
#
# Without anything set it makes a small SQLite file, the register of a public library, and registers that.
#   KIND=sql|file|rest               kind of the source
#   SOURCE_URL=…                     sql: sqlite:////path, postgresql://user@host:port/name or mariadb://…;
#                                    file: path of a .csv, .jsonl, .parquet or .xlsx;
#                                    rest: address or path of its OpenAPI document; with SETTINGS its own address
#   SETTINGS=file.yaml               further settings of the source; for rest in place of an OpenAPI document
#   SOURCE_SECRET=…                  password or key of the source; it is sealed and stands in no argument
#   WAIVE=yes                        the owner answers for an account, or a file, that could be written to
#   KEY=column                       file: the column that names one row; absent: the first of .csv and .jsonl
#   ONLY=name                        register this table, file or end point alone
#   GOVGRAPH_HOME=… PORT=…           home and port of the demo, as `make demo` was given them
#   GOVGRAPH=…                       how the command line is called
set -euo pipefail
cd "$(dirname "$0")/.."

export GOVGRAPH_HOME="${GOVGRAPH_HOME:-.govgraph}"
PORT="${PORT:-8000}" KIND="${KIND:-sql}" SOURCE_URL="${SOURCE_URL:-}" SETTINGS="${SETTINGS:-}" ONLY="${ONLY:-}"
SECRET="${SOURCE_SECRET:-}" WAIVE="${WAIVE:-}" KEY="${KEY:-}" PYTHON="${PYTHON:-.venv/bin/python}"
unset SOURCE_SECRET # one command is handed it, on its standard input
DEPARTMENT=library TITLE=图书馆 CODE=12330799T00001351J
CLIENT=yiwu-service-hall PURPOSE=ZM-HOUSE-BUY
WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT

say() { printf '\n== %s\n' "$*"; }
govgraph() { ${GOVGRAPH:-.venv/bin/govgraph} "$@"; }
# part NAME FILE: one value of a JSON answer, `draft.number` or `0.caller`
part() {
  "$PYTHON" - "$1" "$2" <<'PY'
import json, sys
value = json.load(open(sys.argv[2], encoding="utf-8"))
for step in sys.argv[1].split("."):
    value = value[int(step)] if step.isdigit() else value[step]
print(value)
PY
}
instance() {
  "$PYTHON" -c "import json, sys, urllib.request as u; print(json.load(u.urlopen(sys.argv[1]))['instance'])" \
    "http://127.0.0.1:$PORT/health/live"
}

say "1. Two clerks of the department: a seat is proposed by one administrator and filled by another"
STAMP="$(date +%s)"
seat() {
  govgraph client create "$1" --title "$2" --role clerk --department $DEPARTMENT --as security-administrator --json > "$WORK/seat.json"
  govgraph client approve "$(part proposal "$WORK/seat.json")" --as system-administrator --json > "$WORK/$1.json"
  echo "$1: seat filled"
}
AUTHOR="clerk-$DEPARTMENT-$STAMP-1" SECOND="clerk-$DEPARTMENT-$STAMP-2"
seat "$AUTHOR" "$TITLE数据专员（一）"
seat "$SECOND" "$TITLE数据专员（二）"
# by CLERK COMMAND…: a command as one of the two clerks
by() {
  local clerk="$1"; shift
  GOVGRAPH_CLIENT_ID="$clerk" GOVGRAPH_CLIENT_SECRET="$(part client_secret "$WORK/$clerk.json")" govgraph "$@" --as "$clerk"
}
BEFORE="$(instance)"

say "2. Where the source is"
# reachable ADDRESS: private addresses are opened to the department by the system administrator
reachable() {
  local ranges range
  ranges="$(printf '%s' "$1" | "$PYTHON" examples/register_place.py)"
  for range in $ranges; do govgraph egress allow $DEPARTMENT "$range" --as system-administrator; done
}
set -- --title "$TITLE" --code $CODE
if [ "$KIND" = sql ] && [ -z "$SOURCE_URL" ]; then
  DATA="$(mktemp -d "${TMPDIR:-/tmp}/govgraph-library.XXXXXX")" # stays: the graph reads it from now on
  "$PYTHON" - "$DATA/readers.db" <<'PY'
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as store:
    store.execute("CREATE TABLE duzhe (djbh TEXT PRIMARY KEY, sfzh TEXT, xm TEXT, lxdh TEXT, djrq TEXT, zt TEXT)")
    store.executemany("INSERT INTO duzhe VALUES (?, ?, ?, ?, ?, ?)", [
        ("DZ20210001", "330799199003071013", "陈志远", "13800138000", "2021-03-04", "1"),
        ("DZ20220002", "330799199105221027", "李秋华", "13900139000", "2022-05-06", "1"),
    ])
store.close()
PY
  chmod 444 "$DATA/readers.db" # the platform reads with an account that cannot write
  SOURCE_URL="sqlite:///$DATA/readers.db"
fi
case "$KIND:$SOURCE_URL" in
  sql:sqlite:///*)
    echo "A file outside the platform's home is opened once the system administrator admits its folder:"
    govgraph source folder $DEPARTMENT "$(dirname "${SOURCE_URL#sqlite:///}")" --as system-administrator
    set -- "$@" --kind sql --set "url=$SOURCE_URL" ;;
  sql:?*)
    reachable "$SOURCE_URL"
    set -- "$@" --kind sql --set "url=$SOURCE_URL" ;;
  file:?*)
    by "$AUTHOR" source upload $DEPARTMENT "$SOURCE_URL"
    if [ -z "$SETTINGS" ]; then
      SETTINGS="$WORK/source.yaml"
      "$PYTHON" examples/register_file.py "$SOURCE_URL" "$KEY" > "$SETTINGS"
    fi
    set -- "$@" --kind files ;;
  rest:?*)
    reachable "$SOURCE_URL"
    if [ -n "$SETTINGS" ]; then
      set -- "$@" --set "url=$SOURCE_URL"
    else
      echo "The settings are made of the OpenAPI document; what of it cannot be asked is named with its reason:"
      SETTINGS="$WORK/source.yaml"
      "$PYTHON" examples/register_document.py "$SOURCE_URL" > "$WORK/openapi"
      govgraph connector import "$WORK/openapi" --department $DEPARTMENT --url "$SOURCE_URL" --out "$SETTINGS" \
        --json ${ONLY:+--entity "$ONLY"} > "$WORK/imported.json"
      part skipped "$WORK/imported.json"
      reachable "$(part settings.url "$WORK/imported.json")"
    fi
    set -- "$@" --kind rest ;;
  *) echo "KIND is sql, file or rest; file and rest need SOURCE_URL" >&2; exit 2 ;;
esac
[ -z "$SETTINGS" ] || set -- "$@" --settings "$SETTINGS"
if [ -n "$SECRET" ]; then
  printf '%s\n' "$SECRET" | by "$AUTHOR" source add $DEPARTMENT "$@" --secret main
else
  by "$AUTHOR" source add $DEPARTMENT "$@"
fi

say "3. What is proposed, each field with its reasons"
set -- ${ONLY:+--only "$ONLY"}
by "$AUTHOR" source discover $DEPARTMENT --out "$WORK/$DEPARTMENT.yaml" "$@"
echo
cat "$WORK/$DEPARTMENT.yaml"

say "4. Checked: it fits the graph and the source, the account cannot write, dirt is counted"
by "$AUTHOR" source check $DEPARTMENT ${WAIVE:+--waive}

say "5. What each kind of caller would see; the masks are those of an answer, and the look is recorded"
by "$AUTHOR" source preview $DEPARTMENT
by "$AUTHOR" source preview $DEPARTMENT --json > "$WORK/preview.json"

say "6. What it changes for those who use the graph"
by "$AUTHOR" source diff $DEPARTMENT

say "7. Published by two persons: the author proposes, nobody approves the own draft, a second person does"
by "$AUTHOR" source publish $DEPARTMENT
by "$AUTHOR" source list --department $DEPARTMENT --json > "$WORK/drafts.json"
if [ "$(part 0.state "$WORK/drafts.json")" = "waiting for approval" ]; then
  NUMBER="$(part 0.number "$WORK/drafts.json")"
  by "$AUTHOR" source approve $DEPARTMENT "$NUMBER" 2>&1 || true
  by "$SECOND" source approve $DEPARTMENT "$NUMBER"
fi
by "$AUTHOR" source list --department $DEPARTMENT

say "8. One field without and one with a mask for $CLIENT, and both in one answer"
by "$AUTHOR" source show $DEPARTMENT --json > "$WORK/draft.json"
"$PYTHON" examples/register_choice.py "$WORK/draft.json" "$WORK/preview.json" > "$WORK/choice.json"
RESOURCE="$(part resource "$WORK/choice.json")" OPEN="$(part open "$WORK/choice.json")" MASKED="$(part masked "$WORK/choice.json")"
part query "$WORK/choice.json" > "$WORK/query.graphql"
by "$AUTHOR" grant create $CLIENT "$DEPARTMENT.$RESOURCE" --purpose $PURPOSE --id "G-$DEPARTMENT-$RESOURCE" \
  --field "$OPEN:read,match" --field "$MASKED:read" --basis "示范" --agreement "示范"
cat "$WORK/query.graphql"
govgraph query "$WORK/query.graphql" --purpose $PURPOSE --as $CLIENT

say "9. Nothing restarted; what was sent to the source, without a value in it"
AFTER="$(instance)"
echo "instance before: $BEFORE"
echo "instance after:  $AFTER"
by "$AUTHOR" source statements $DEPARTMENT > "$WORK/statements.txt"
head -n 3 "$WORK/statements.txt"
[ "$BEFORE" = "$AFTER" ]

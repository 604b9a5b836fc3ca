"""Every text of the command line in one table: a second language is a second file like this one."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "program": "GovGraph: one governed graph over every department's data.",
    "catalog": "What departments share: check, publish, export, look up.",
    "client": "The applications and people that may ask.",
    "grant": "Sharing grants: who may use which fields for what.",
    "secret": "Secrets that source settings name.",
    "audit": "The record of every access and change.",
    "keys": "The platform's keys.",
    "serve": "Start the server and serve until stopped.",
    "migrate": "Bring the platform's own tables to the newest revision.",
    "demo": "Make the demonstration city, ask its headline question, show answer and record, serve.",
    "token": "Get an access token for a client.",
    "query": "Ask the data graph a question from a file.",
    "catalog check": "Check manifests: every problem at once, with file, line, path and remedy.",
    "catalog apply": "Publish manifests; each file replaces one department's part of the catalog.",
    "catalog export": "Write a department's manifest as it was published.",
    "catalog show": "Show the catalog, or one resource with its fields.",
    "catalog search": "Find resources and fields by name, title or summary.",
    "client create": "Make a client; its secret is shown this once. A seat waits for a second person.",
    "client approve": "Fill a seat that was proposed; its secret is shown this once (system administrator).",
    "client list": "List the clients.",
    "client revoke": "Revoke a client; its tokens are refused from now on.",
    "grant apply": "Put the grants of grants files in force.",
    "grant list": "List the grants, or those of one client.",
    "grant revoke": "Revoke a grant at once.",
    "secret set": "Store a secret that source settings name; it is read from standard input.",
    "audit show": "Show one record of the log (audit administrator).",
    "audit verify": "Verify the log of this home: needs no server, only the verifier key.",
    "audit checkpoint": "Show the signed size and root of the log.",
    "keys backup": "Ask for a copy of the platform's keys in a new folder; a second person approves it.",
    "keys approve": "Have the keys copied as the system administrator asked (audit administrator).",
    "proposal": "What waits for a second person.",
    "proposal list": "List what waits: seats to fill, keys to copy.",
    "proposal number": "Number of the proposal.",
    "setup": "The setting up of the platform.",
    "setup finish": "End set-up for good: from now on the machine's own token changes nothing.",
    "files": "Manifests, as many as belong together.",
    "grant files": "Grants files.",
    "department": "Key of a department, such as civil-affairs.",
    "resource": "Name of a resource, such as MarriageParty.",
    "text": "Text to look for.",
    "receipt": "Receipt of an answer, from extensions.govgraph.receipt.",
    "target": "New folder for the copy.",
    "id": "Name of the client.",
    "title": "Title of the client, as people know it.",
    "role": "Role of the client, such as application or clerk.",
    "subject": "The citizen's own ID number (role citizen).",
    "grant id": "Number of the grant.",
    "reference": "Name of the secret, as the manifest writes it: department/name.",
    "option server": "Address of a server on another machine; empty: the one on this home.",
    "option json": "Write JSON for scripts.",
    "option as": "Act as this client of demo-clients.json or of the stored credentials.",
    "option port": "Port to listen on; 0 takes a free one.",
    "option host": "Address to listen on.",
    "option scale": "Size of the city: S, or M for ten times as many people.",
    "option once": "Stop after the printed run.",
    "option key": "File with the verifier key; empty: audit.vkey of this home.",
    "option checkpoint": "File with a checkpoint kept elsewhere; may be given several times.",
    "option purpose": "Purpose the data is asked for.",
    "option store": "Keep the token for later commands against this server.",
    "option variables": "File with the variables as JSON.",
    "option operation": "Name of the operation to run.",
    "option out": "File to write; empty: standard output.",
    "query file": "File with the query; - reads standard input.",
    "serving": "GovGraph serves on {url} · home {home} · stop with Ctrl-C",
    "verifier key": "Verifier key of the log (keep a copy on paper): {key}",
    "migrated": "The tables are at the newest revision.",
    "no problems": "No problems in {count} file(s).",
    "problems": "{count} problem(s):",
    "warnings": "{count} link(s) wait for a department that has not published yet:",
    "published": "Published {departments} · catalog version {version}",
    "created": "Client {client} made. Its secret is shown this once:",
    "revoked client": "Client {client} is revoked.",
    "revoked grant": "Grant {grant} is revoked.",
    "granted": "{count} grant(s) in force.",
    "secret kept": "Secret {reference} is sealed.",
    "keys copied": "{count} key(s) copied to {target}. Keep them where only you can read them.",
    "keys copied as asked": "{count} key(s) copied where the system administrator asked.",
    "proposed client": "Client {client} is proposed. The system administrator fills the seat with:\n"
    "govgraph client approve {number}",
    "proposed backup": "The copy waits 15 minutes. The audit administrator has it made with:\n"
    "govgraph keys approve {number}",
    "set-up finished": "Set-up is over. The machine's own token changes nothing from now on.",
    "set-up open": "Set-up is open: whoever can read admin.json may change anything. "
    "End it with `govgraph setup finish`.",
    "token kept": "Token kept for {server}.",
    "verified": "verified: {size} records, root {root}",
    "compared": "agrees with a checkpoint kept elsewhere: the first {size} records are those signed for",
    "not compared": (
        "WARNING: no checkpoint kept elsewhere was compared. Whoever keeps this machine could have cut the "
        "newest records off. Fetch /audit/log/checkpoint from another machine, keep it there, and give it "
        "with --checkpoint."
    ),
    "not verified": "NOT VERIFIED: {problem}",
    "exported": "Written to {file}.",
    "making the city": "Demonstration city, size {scale}: every person in it is invented.",
    "set up": "Clients made, manifests published, grants in force.",
    "demo asked": "{client} asks for {purpose}: one question to seven departments",
    "demo record": "The access record it left, as the audit administrator reads it",
    "demo proof": "Verification of the log",
    "demo next": "What to try next",
    "demo try": """In a browser:        {url}/
As a client:         {curl}
Look up the catalog: {program} catalog search 婚姻
Read the record:     {program} audit show {receipt} --as audit-administrator
Verify the log:      {program} audit verify
Stop with Ctrl-C.""",
    "nothing found": "Nothing found.",
}


def text(name: str, **values: object) -> str:
    """Return a text with its values filled in."""
    return TEXTS[name].format(**values) if values else TEXTS[name]

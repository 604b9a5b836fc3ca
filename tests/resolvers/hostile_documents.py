"""Documents made to hurt, and some that only look like it."""

from graphql import get_introspection_query

from tests.resolvers.world import P1

SECRET = P1
PERSON = f'person(idNo: "{SECRET}")'
LISTED = "{ enterprises(where: %s) { nodes { name } } }"


def each(form: str, count: int, glue: str = " ") -> str:
    """Return a form once for each number; `#` stands for the number, `+` for the next."""
    return glue.join(form.replace("#", str(n)).replace("+", str(n + 1)) for n in range(count))


def selected(inner: str) -> str:
    """Return a document that asks something of a person."""
    return f"{{ {PERSON} {{ {inner} }} }}"


REFUSED = {
    "one field 1,900 times": selected("name " * 1900),
    "merging at many depths": "{ " + f"{PERSON} {{ {'household { member { name } } ' * 5} }} " * 25 + "}",
    "fragments that merge": selected(each("...F#", 40))
    + each("fragment F# on Person { name household { member { name idNo } } }", 40),
    "fragments that merge in pairs": selected(each("...F#", 90))
    + each("fragment F# on Person { name ...G# } fragment G# on Person { idNo }", 90),
    "fragments that double": selected("...F0")
    + each("fragment F# on Person { ...F+ ...F+ }", 60)
    + "fragment F60 on Person { name }",
    "a chain of fragments": selected("...F0")
    + each("fragment F# on Person { ...F+ }", 240)
    + "fragment F240 on Person { name }",
    "a ring of fragments": selected("...F0")
    + each("fragment F# on Person { ...F+ }", 200)
    + "fragment F200 on Person { ...F0 }",
    "a ring that nothing spreads": "{ __typename }"
    + each("fragment F# on Person { ...F+ }", 200)
    + "fragment F200 on Person { ...F0 }",
    "a fragment that nothing spreads": "{ __typename } fragment F on Person { " + "name " * 1900 + "}",
    "conflicts that nothing spreads": "{ __typename } fragment F on Person { "
    + "a: name a: idNo " * 300
    + "}",
    "conflicts": selected(each("n#: name n#: idNo", 40) * 5),
    "an operation that is not asked": "query A { __typename } query B " + selected("name " * 1900),
    "10,000 aliases": "{ " + each("a#: __typename", 10_000) + " }",
    "600 aliases": "{ " + each("a#: __typename", 600) + " }",
    "lists in lists": "{ person(idNo: " + "[" * 60 + "1" + "]" * 60 + ") { name } }",
    "lists too deep": "{ person(idNo: " + "[" * 30_000 + ") { name } }",
    "objects in objects": LISTED % ("{a: " * 58 + "1" + "}" * 58),
    "a wide object": LISTED % ("{" + each("a#: 1", 600) + "}"),
    "one key 200 times": LISTED % ("{" + 'uscc: {eq: "a"} ' * 200 + "}"),
    "one argument 400 times": "{ person(" + f'idNo: "{SECRET}" ' * 400 + ") { name } }",
    "unknown fields": selected(each("x#", 490)),
    "unknown types": "{ " + each("... on X# { a }", 300) + " }",
    "unknown enum values": LISTED % ("{state: {in: [" + each("X#", 1800) + "]}}"),
    "one directive 320 times": selected("name " + "@include(if: true) " * 320),
    "unknown directives": selected("name " + "@x " * 900),
    "450 variables": "query (" + each("$v#: Int", 450) + ") { __typename }",
    "variables of unknown types": "query (" + each("$v#: X# = {a: 1}", 180) + ") { __typename }",
    "330 operations": each("query Q# { __typename }", 330),
    "operations that share fragments": each("query Q# { ...F0 }", 100)
    + each("fragment F# on Query { ...F+ }", 100)
    + "fragment F100 on Query { __typename }",
    "a long text": '{ person(idNo: "' + "1" * 65_000 + '") { name } }',
    "a text of 20,000 lines": '{ person(idNo: """' + "\n a" * 20_000 + '""") { name } }',
    "10,000 escapes": '{ person(idNo: "' + r"\u0041" * 10_000 + '") { name } }',
    "halves of surrogate pairs": '{ person(idNo: "' + r"\ud800" * 10_000 + '") { name } }',
    "half a surrogate pair": '{ person(idNo: "\ud800") { name } }',
    "U+0000": '{ person(idNo: "\0") { name } }',
    "U+0000 as an escape": r'{ person(idNo: "\u0000") { name } }',
    "1e400": "{ enterprises(first: 1e400) { nodes { name } } }",
    "60,000 digits": "{ enterprises(first: " + "9" * 60_000 + ") { nodes { name } } }",
    "a key of 60,000 digits": "{ person(idNo: " + "9" * 60_000 + ") { name } }",
    "a long comment": "#" * 65_000,
    "30,000 comments": "#\n" * 30_000 + "{ __typename }",
    "marks of byte order": "\ufeff" * 65_000,
    "brackets": "(" * 65_000,
    "braces": "{" * 65_000,
    "quotes": '"' * 65_000,
    "a long name": "{ " + "a" * 65_000 + " }",
    "a longer document": " " * 70_000 + "{ __typename }",
    "introspection of itself": "{ __schema "
    + "{ types { fields { type " * 4
    + "{ name }"
    + "} } }" * 4
    + " }",
    "introspection by name": "{ " + each('a#: __type(name: "Person") { name }', 300) + " }",
    "introspection that merges": "{ __schema { types { " + "name " * 590 + "} } }",
    "introspection that doubles": "{ __schema { ...F0 } }"
    + each("fragment F# on __Schema { ...F+ ...F+ }", 40)
    + "fragment F40 on __Schema { description }",
    "introspection by a chain": '{ __type(name: "Person") { ...F0 } }'
    + each("fragment F# on __Type { ofType { ...F+ } }", 170)
    + "fragment F170 on __Type { name }",
    "definitions of types": each("type A# { a: Int }", 250),
}

PLANNED = {
    "400 aliases": selected(each("a#: name", 400)),
    "nested fragments without names": "{ " + "... { " * 60 + "__typename " + "}" * 61,
    "a long alias": "{ " + "a" * 60_000 + ": __typename }",
    "spaces": " " * 65_000 + "{ __typename }",
    "lines": "\n" * 65_000 + "{ __typename }",
    "commas": "," * 65_000 + "{ __typename }",
    "comments": "#\n" * 1900 + "{ __typename }",
    "introspection": get_introspection_query(),
}

PIECES = (
    "{", "}", "{ ", " }", "[", "]", "(", ")", ":", "$a", "...", " on Person ", "@include(if: true)", "name ",
    "person", '"', '"""', "\\", "#", "\n", "\ufeff", "!", "=", "|", "&", "1e9", "-", "0", "query ", "中",
    "fragment F ", "__schema", "__typename ", "\ud800", "\0", ",", '"a"', "null", "a: name ",
    f"{PERSON} {{ name }} ",
)  # fmt: skip

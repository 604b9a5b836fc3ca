"""What is known of a document once it is read, and kept with it."""

import pytest

from resolvers.documents.document import read_document
from resolvers.documents.limits import Limits

FRAGMENT = " fragment P on Person { name @skip(if: $inFragment) }"


@pytest.mark.parametrize(
    ("query", "deciding"),
    [
        ("{ person { name } }", ()),
        ("{ person { name @include(if: true) } }", ()),
        ("query($id: ID) { person(idNo: $id) { name } }", ()),
        ("query($b: Boolean!, $a: Boolean!) { x @skip(if: $b) y { z @include(if: $a) } }", ("a", "b")),
        ("query($a: Boolean!) { x @skip(if: $a) @include(if: $a) y @skip(if: $a) }", ("a",)),
        ("query($a: Boolean!) { ... @include(if: $a) { x } }", ("a",)),
        ("query($onIt: Boolean!) { person { ...P @skip(if: $onIt) } }" + FRAGMENT, ("inFragment", "onIt")),
    ],
)  # fmt: skip
def test_a_document_knows_which_variables_decide_what_is_asked(query: str, deciding: tuple[str, ...]) -> None:
    assert read_document(query, None, Limits()).deciding == deciding

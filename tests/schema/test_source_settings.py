"""A manifest's source refers to its own secrets, wherever they stand, and keeps nothing that is sensitive."""

import re

import pytest

from schema.errors import Problem
from schema.manifest import inspect_manifest
from tests.schema.samples import PUBLIC_SECURITY

REST = """source:
  kind: rest
  url: https://a.example
  secret: {secret}
  certificate: {{secret: {certificate}}}
  entities:
    t_rk_jbxx:
      columns: {{sfzh: text, xm: text, xb: text, csrq: text, qrrq: text}}
      list: {{path: /x, keep: "{keep}"}}
"""


def found(*, secret: str = "", certificate: str = "", keep: str = "no", text: str = "") -> list[Problem]:
    own = "public-security/main"
    source = REST.format(secret=secret or own, certificate=certificate or own, keep=keep)
    before, _, rest = (text or PUBLIC_SECURITY).partition("source:")
    _, problems = inspect_manifest(before + source + rest.partition("\n")[2], "file.yaml")
    return list(problems)


def test_own_secrets_are_fine_wherever_they_stand() -> None:
    assert not found()


@pytest.mark.parametrize("place", ["secret", "certificate"])
def test_a_secret_of_others_is_refused_where_it_stands(place: str) -> None:
    (problem,) = found(**{place: "civil-affairs/main"})
    assert problem.code == "SECRET_NOT_OWN"
    assert problem.path == ("source.secret" if place == "secret" else "source.certificate.secret")


def test_answers_with_sensitive_fields_are_not_kept() -> None:
    assert {problem.path for problem in found(keep="yes")} == {"source.entities.t_rk_jbxx"}
    assert any("`Person.birth`" in problem.what for problem in found(keep="yes"))


def test_answers_without_sensitive_fields_may_be_kept() -> None:
    public = re.sub(r"    verify: .*\n|      name:\n(        .*\n)+|      birth: .*\n", "", PUBLIC_SECURITY)
    public = re.sub(r"    subject: .*\n|type: IdNumber, .*(?=})", "", public).replace(
        "公民身份号码, ", "编号, level: L2"
    )
    assert not found(keep="yes", text=public)

"""The types of the control graph, and how catalog and grants become them."""

from collections.abc import Mapping
from typing import cast

import strawberry
from strawberry.scalars import JSON

from auth.disclosure import disclosure_document
from auth.grants import Grant
from schema.catalog import Catalog, CatalogField, Link, Resource
from schema.errors import Problem


@strawberry.type(description="A department that shares resources.")
class CatalogDepartment:
    """A department by key, title and unified social credit code."""

    key: str
    title: str
    code: str


@strawberry.type(description="A field as its owner describes it; never data.")
class CatalogFieldView:
    """A field: title, type, level, default mask and the ceiling of rights."""

    name: str
    title: str
    type: str
    level: str
    mask: str | None
    rights: list[str]
    codes: list[str]


@strawberry.type(description="A way from one resource to another.")
class CatalogLinkView:
    """A link: title, target and whether it leads to one row."""

    name: str
    title: str
    target: str
    one: bool


@strawberry.type(description="A resource of the catalog.")
class CatalogResource:
    """A resource: metadata, fields and links."""

    name: str
    department: str
    title: str
    summary: str
    code: str
    share: str
    open: str
    cycle: str
    area: str
    since: str
    key: list[str]
    subject: str | None
    purposes: list[str]
    fields: list[CatalogFieldView]
    links: list[CatalogLinkView]


@strawberry.type(description="One version of the catalog.")
class CatalogView:
    """Departments and resources that are open to look up."""

    version: int
    departments: list[CatalogDepartment]
    resources: list[CatalogResource]


@strawberry.type(description="Something the search found.")
class SearchHit:
    """A resource or field by coordinate."""

    coordinate: str
    title: str
    department: str
    level: str | None


@strawberry.type(description="A sharing grant, without the data it opens.")
class GrantView:
    """A grant: who, what for, which fields with which rights and masks, until when."""

    id: str
    client: str
    purpose: str
    resource: str
    fields: JSON
    valid_from: str
    valid_to: str
    department: str
    bulk: bool
    suspended: bool
    disclosure: JSON | None


@strawberry.type(description="One thing that is wrong in a file.")
class ProblemView:
    """A problem: file, line, path, what and remedy."""

    file: str
    line: int
    path: str
    what: str
    remedy: str
    code: str


@strawberry.type(description="What a check found.")
class CheckResult:
    """Whether the files could be published, and everything that is wrong."""

    ok: bool
    problems: list[ProblemView]
    warnings: list[ProblemView]


@strawberry.type(description="What a publication brought.")
class Published:
    """The new version of the catalog."""

    version: int
    departments: list[str]


@strawberry.type(description="How a department's source stands.")
class SourceState:
    """A source: its kind and whether it answered when it was opened."""

    department: str
    kind: str
    state: str


@strawberry.type(description="How the platform stands.")
class Status:
    """Versions, the process and the sources."""

    instance: str
    version: int
    resources: int
    set_up_finished: bool
    sources: list[SourceState]


@strawberry.input(description="A file as text; the name is used in problems.")
class FileText:
    """A manifest or grants file."""

    name: str
    text: str


def catalog_view(catalog: Catalog, names: list[str] | None) -> CatalogView:
    """Return the catalog, or the named resources of it; hidden resources are left out."""
    shown = [
        resource
        for resource in catalog.resources.values()
        if not resource.hidden and (not names or resource.name in names)
    ]
    departments = [
        CatalogDepartment(key=d.key, title=d.title, code=d.code) for d in catalog.departments.values()
    ]
    return CatalogView(
        version=catalog.version, departments=departments, resources=[resource_view(r) for r in shown]
    )


def resource_view(resource: Resource) -> CatalogResource:
    """Return a resource with fields and links."""
    return CatalogResource(
        name=resource.name,
        department=resource.department,
        title=resource.title,
        summary=resource.summary,
        code=resource.code,
        share=resource.share.value,
        open=resource.open.value,
        cycle=resource.cycle.value,
        area=resource.coverage.area,
        since=resource.coverage.since,
        key=list(resource.key),
        subject=resource.subject,
        purposes=list(resource.purposes),
        fields=[_field_view(field) for field in resource.fields.values()],
        links=[_link_view(link) for link in resource.links.values()],
    )


def _field_view(field: CatalogField) -> CatalogFieldView:
    return CatalogFieldView(
        name=field.name,
        title=field.title,
        type=field.type,
        level=field.level.value,
        mask=field.mask.mask if field.mask else None,
        rights=sorted(right.value for right in field.rights),
        codes=[f"{code.name} {code.title}" for code in field.codes],
    )


def _link_view(link: Link) -> CatalogLinkView:
    return CatalogLinkView(name=link.name, title=link.title, target=link.target, one=link.one)


def grant_view(grant: Grant) -> GrantView:
    """Return a grant; row filters are named by their fields only."""
    fields: Mapping[str, object] = {
        name: {
            "rights": sorted(right.value for right in given.rights),
            "mask": given.mask.mask if given.mask else None,
        }
        for name, given in grant.fields.items()
    }
    return GrantView(
        id=grant.id,
        client=grant.client,
        purpose=grant.purpose,
        resource=grant.resource,
        fields=JSON(fields),
        valid_from=grant.valid_from.isoformat(),
        valid_to=grant.valid_to.isoformat(),
        department=grant.department,
        bulk=grant.bulk,
        suspended=grant.suspended,
        disclosure=cast("JSON | None", disclosure_document(grant.disclosure)),
    )


def problem_view(problem: Problem) -> ProblemView:
    """Return a problem."""
    return ProblemView(
        file=problem.file,
        line=problem.line,
        path=problem.path,
        what=problem.what,
        remedy=problem.remedy,
        code=problem.code,
    )

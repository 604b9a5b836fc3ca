"""From everybody's drafts to one catalog: links meet, names are checked, codes are given."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auth.rights import Right
from schema.catalog import Catalog, CatalogField, Link, Resource
from schema.draft import Draft, LinkDraft
from schema.errors import ManifestRefusedError, Problem
from schema.manifest import inspect_manifest, read_text
from schema.naming import clashes, platform_types
from schema.types import SEMANTIC_TYPES


@dataclass(frozen=True, slots=True)
class Assembly:
    """A catalog, what stands against publishing it, and the links that sleep until their target is there."""

    catalog: Catalog
    problems: tuple[Problem, ...]
    dormant: tuple[Problem, ...]


def assemble(drafts: Iterable[Draft], version: int = 0, codes: Sequence[tuple[str, str]] = ()) -> Assembly:
    """Return the catalog of these drafts, one per department.

    `codes` holds every resource code ever given, oldest first, as (`department.Type`, code).
    A link whose target is missing, or may not be joined on, is left out and listed as dormant.
    """
    ordered = sorted(drafts, key=lambda draft: draft.department.key)
    given = allot_codes(ordered, codes)
    joined = _Joined(ordered)
    joined.check_names()
    joined.add_links()
    resources = {
        name: replace(resource, code=given[f"{resource.department}.{name}"], links=joined.links[name])
        for name, resource in joined.resources.items()
    }
    catalog = Catalog(
        version,
        {draft.department.key: draft.department for draft in ordered},
        {draft.department.key: draft.source for draft in ordered},
        resources,
    )
    return Assembly(catalog, tuple(joined.problems), tuple(joined.dormant))


def check_manifests(paths: Iterable[Path]) -> Catalog:
    """Return the catalog that these files make together.

    Raises `ManifestRefusedError` with the problems of all of them; links to nowhere are problems.
    """
    drafts: list[Draft] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            draft, found = inspect_manifest(read_text(path), str(path))
        except ManifestRefusedError as error:
            draft, found = None, error.problems
        problems += found
        drafts += [draft] if draft else []
    keys: dict[str, Draft] = {}
    for draft in drafts:
        first = keys.setdefault(draft.department.key, draft)
        if first is not draft:
            what = f"The department has a manifest already ({first.origin.file})"
            problems.append(draft.origin.problem("department.key", what, "Keep one file per department."))
    assembly = assemble(keys.values())
    problems += [*assembly.problems, *assembly.dormant]
    if problems:
        raise ManifestRefusedError(problems)
    return assembly.catalog


def allot_codes(drafts: Iterable[Draft], codes: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return a code for each `department.Type`: class and serial, `312004/000001`.

    A code once given stays with its resource while its class stays, and is never given again.
    """
    given, last = dict(codes), dict[str, int]()
    for _, code in codes:
        classified, _, serial = code.partition("/")
        last[classified] = max(last.get(classified, 0), int(serial))
    allotted: dict[str, str] = {}
    for draft in drafts:
        for name, resource in draft.resources.items():
            place, classified = f"{draft.department.key}.{name}", resource.classified.text
            if given.get(place, "").startswith(f"{classified}/"):
                allotted[place] = given[place]
                continue
            last[classified] = last.get(classified, 0) + 1
            allotted[place] = f"{classified}/{last[classified]:06d}"
    return allotted


class _Joined:
    """Resources of all departments on their way to a catalog; gathers problems as it goes."""

    def __init__(self, drafts: list[Draft]) -> None:
        self.drafts = drafts
        self.problems: list[Problem] = []
        self.dormant: list[Problem] = []
        self.resources: dict[str, Resource] = {}
        self.links: dict[str, dict[str, Link]] = {}
        for draft in drafts:
            for name, resource in draft.resources.items():
                self._add(draft, name, resource.resource)

    def _add(self, draft: Draft, name: str, resource: Resource) -> None:
        if name in self.resources:
            owner, key = self.resources[name].department, draft.department.key
            self._refuse(
                draft,
                f"resources.{name}",
                f"The type name `{name}` is taken by the department {owner}",
                f"Rename it, for example `{proposal(key, name)}`.",
            )
            return
        self.resources[name], self.links[name] = resource, {}

    def _refuse(self, draft: Draft, path: str, what: str, remedy: str) -> None:
        self.problems.append(draft.origin.problem(path, what, remedy))

    def check_names(self) -> None:
        """Refuse types whose root fields or companions would take another's name."""
        enums = {
            name: [field.name for field in resource.fields.values() if field.codes]
            for name, resource in self.resources.items()
        }
        reserved = platform_types(semantic.scalar for semantic in SEMANTIC_TYPES.values())
        for clash in clashes(enums, reserved):
            draft = self._draft_of(clash.wanted_by)
            self._refuse(
                draft,
                f"resources.{clash.wanted_by}",
                f"The name `{clash.name}`, which this resource brings, is taken by {clash.taken_by}",
                f"Rename the resource, for example `{proposal(draft.department.key, clash.wanted_by)}`.",
            )

    def _draft_of(self, type_name: str) -> Draft:
        department = self.resources[type_name].department
        return next(draft for draft in self.drafts if draft.department.key == department)

    def add_links(self) -> None:
        """Add every link that meets its target, own links before those that others declare."""
        declared = [
            (draft, name, link)
            for draft in self.drafts
            for name, resource in draft.resources.items()
            if self.resources[name] is resource.resource
            for link in resource.links
        ]
        awake = [(draft, name, link) for draft, name, link in declared if self._meets(draft, name, link)]
        for _draft, name, link in awake:
            self.links[name][link.name] = Link(
                link.name, link.type, link.one, link.by, link.title, link.when, link.target_when
            )
        for draft, name, link in awake:
            if link.reverse:
                self._add_reverse(draft, name, link)

    def _meets(self, draft: Draft, name: str, link: LinkDraft) -> bool:
        """Return whether the target is there and may be joined on; says what is missing."""
        path = f"resources.{name}.links.{link.name}"
        target = self.resources.get(link.type)
        if target is None or target.department != link.department:
            remedy = "Correct the name, or wait until the department publishes it."
            what = f"The link leads nowhere: `{link.target}` is not published"
            self.dormant.append(draft.origin.problem(f"{path}.to", what, remedy, "DORMANT"))
            return False
        faults = [
            *(self._key_fault(target, f"{path}.by.{own}", field) for own, field in link.by),
            *(
                _condition_fault(target, f"{path}.targetWhen.{field}", field, value)
                for field, value in link.target_when
            ),
        ]
        found = [draft.origin.problem(*fault, "DORMANT") for fault in faults if fault]
        self.dormant += found
        return not found

    def _key_fault(self, target: Resource, path: str, name: str) -> tuple[str, str, str] | None:
        field = target.fields.get(name)
        if field is None:
            return (path, f"`{target.name}` has no field of that name", f"Use one of: {_listed(target)}.")
        if Right.JOIN not in field.rights:
            what = f"`{target.name}.{name}` may not be joined on"
            return (path, what, f"Ask {target.department} to add `join` to the rights of that field.")
        return None

    def _add_reverse(self, draft: Draft, name: str, link: LinkDraft) -> None:
        target = self.resources[link.type]
        taken = link.reverse in target.fields or link.reverse in self.links[link.type]
        if taken:
            self._refuse(
                draft,
                f"resources.{name}.links.{link.name}.reverse",
                f"`{link.type}` of {target.department} has a field `{link.reverse}` already",
                f"Choose another name, for example `{link.reverse}Of{name}`.",
            )
            return
        self.links[link.type][link.reverse] = Link(
            name=link.reverse,
            target=name,
            one=link.reverse_one,
            by=tuple((theirs, own) for own, theirs in link.by),
            title=self.resources[name].title,
            when=link.target_when,
            target_when=link.when,
            declared_by=draft.department.key,
        )


def _listed(target: Resource) -> str:
    return ", ".join(target.fields)


def _condition_fault(target: Resource, path: str, name: str, value: str) -> tuple[str, str, str] | None:
    field: CatalogField | None = target.fields.get(name)
    if field is None:
        return (path, f"`{target.name}` has no field of that name", f"Use one of: {_listed(target)}.")
    names = [code.name for code in field.codes]
    if names and value not in names:
        return (path, f"`{target.name}.{name}` has no such code", f"Use one of: {', '.join(names)}.")
    return None


def proposal(department: str, type_name: str) -> str:
    """Return a type name that says whose it is: `CivilAffairsPerson`."""
    return "".join(part.capitalize() for part in department.split("-")) + type_name

"""What a caller may do: the rights that its grants give, within what each owner allows.

Deny by default: what no grant in force names, or its owner's ceiling does not hold, is not there.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256

from auth.documents import filter_document, mask_document, rights_document
from auth.errors import GrantsOverlapError, NoGrantError, PurposeNotAllowedError, PurposeRequiredError
from auth.filters import RowFilter
from auth.grants import ALWAYS_ALLOWED, CLEAR, FieldGrant, Grant
from auth.masking.rule import MaskRule
from auth.rights import Ceiling, Permissions, Quota, Right, Rights


def purposes(client: str, grants: Sequence[Grant], today: date) -> frozenset[str]:
    """Return the purposes for which the client holds a grant in force."""
    return frozenset(grant.purpose for grant in grants if grant.client == client and grant.in_force(today))


def choose_purpose(granted: Collection[str], asked: str) -> str:
    """Return the purpose that counts; `asked` is empty where the caller named none.

    Raises `NO_GRANT`, `PURPOSE_REQUIRED` or `PURPOSE_NOT_ALLOWED`. What was asked is not repeated:
    a header may carry anything.
    """
    if not granted:
        raise NoGrantError("The client holds no grant that is in force")
    if asked:
        if asked not in granted:
            raise PurposeNotAllowedError("The client holds no grant for this purpose", where="header Purpose")
        return asked
    if len(granted) > 1:
        known = ", ".join(sorted(granted))
        raise PurposeRequiredError(
            f"The client holds grants for several purposes: {known}", where="header Purpose"
        )
    return next(iter(granted))


def asked_purpose(token_purpose: str | None, header: str) -> str:
    """Return the purpose a request names, empty where it names none.

    A token that was issued for one purpose serves no other: `PURPOSE_NOT_ALLOWED`.
    """
    header = header.strip()
    if token_purpose and header and header != token_purpose:
        raise PurposeNotAllowedError("The token was issued for another purpose", where="header Purpose")
    return token_purpose or header


def permissions(
    client: str,
    purpose: str,
    grants: Sequence[Grant],
    ceilings: Mapping[str, Ceiling],
    today: date,
) -> Permissions:
    """Return everything the client may do for this purpose today; empty where nothing is granted.

    `ceilings` by coordinate. Raises `GRANTS_OVERLAP` where two grants in force open one resource:
    a grant never lends its fields to another grant's rows.
    """
    rights: dict[str, Rights] = {}
    given: dict[str, str] = {}
    rows: dict[str, RowFilter] = {}
    quotas: dict[str, Quota] = {}
    bulk: set[str] = set()
    for grant in _of_owners(_in_force(client, purpose, grants, today), ceilings):
        if grant.resource in given:
            raise GrantsOverlapError("Two grants in force open one resource", where=grant.resource)
        found = dict(_rights_of(grant, ceilings))
        if not found:
            continue
        rights |= found
        given[grant.resource] = grant.id
        quotas[grant.resource] = grant.quota
        bulk |= {grant.resource} if grant.bulk else set()
        if grant.rows is not None:
            rows[grant.resource] = grant.rows
    allowed = Permissions(
        client=client,
        purpose=purpose,
        rights=rights,
        grants=given,
        fingerprint="",
        row_filters=rows,
        quotas=quotas,
        bulk=frozenset(bulk),
    )
    return replace(allowed, fingerprint=_fingerprint(allowed))


def _in_force(client: str, purpose: str, grants: Sequence[Grant], today: date) -> list[Grant]:
    fitting = [one for one in grants if one.client == client and one.purpose == purpose]
    return sorted((one for one in fitting if one.in_force(today)), key=lambda one: (one.resource, one.id))


def _of_owners(grants: Sequence[Grant], ceilings: Mapping[str, Ceiling]) -> Iterator[Grant]:
    """Yield the grants whose department owns the fields; a type's name may be another's by now."""
    for grant in grants:
        known = (ceilings.get(f"{grant.resource}.{name}") for name in grant.fields)
        if all(one is None or one.department == grant.department for one in known):
            yield grant


def _rights_of(grant: Grant, ceilings: Mapping[str, Ceiling]) -> Iterator[tuple[str, Rights]]:
    """Yield the rights of one grant by coordinate; none where its filter names a field that is gone."""
    conditions = grant.rows.conditions if grant.rows else ()
    if any(f"{grant.resource}.{one.field}" not in ceilings for one in conditions):
        return
    for name, given in grant.fields.items():
        coordinate = f"{grant.resource}.{name}"
        ceiling = ceilings.get(coordinate)
        rights = None if ceiling is None else _field_rights(grant, given, ceiling, ceilings)
        if rights is not None:
            yield coordinate, rights


def _field_rights(
    grant: Grant, given: FieldGrant, ceiling: Ceiling, ceilings: Mapping[str, Ceiling]
) -> Rights | None:
    """Return what remains of a field's rights under its ceiling; None where nothing does."""
    granted = given.rights & ceiling.rights
    reason = f"granted by {grant.id}"
    if _mask_allowed(given.mask, grant.resource, ceiling, ceilings):
        mask = _mask(given.mask, ceiling)
    else:
        granted -= {Right.READ}
        mask = MaskRule("NU")
        reason = f"{reason}; its mask is no longer among those the owner allows, so nothing is shown"
    if mask is not None or Right.READ not in granted:
        granted -= {Right.RANGE}  # comparing by size would find out what is not shown
    return Rights(granted, mask, grant.id, reason) if granted else None


def _mask_allowed(
    chosen: MaskRule | None, resource: str, ceiling: Ceiling, ceilings: Mapping[str, Ceiling]
) -> bool:
    """Return whether the owner lets a grant choose this mask, exceptions included.

    The clear value takes no exceptions: a grant that needs them chooses the mask they stand beside.
    """
    if chosen is None:
        return True
    if chosen.mask == CLEAR and chosen.exceptions:
        return False
    allowed = ceiling.alternatives | ALWAYS_ALLOWED | {CLEAR if ceiling.mask is None else ceiling.mask.mask}
    named = {chosen.mask} | {one.mask for one in chosen.exceptions}
    fields = {f"{resource}.{one.condition.field}" for one in chosen.exceptions}
    return named <= allowed and fields <= ceilings.keys()


def _mask(chosen: MaskRule | None, ceiling: Ceiling) -> MaskRule | None:
    """Return the mask in force, None for the clear value. The owner's exceptions come first."""
    if chosen is None:
        return ceiling.mask
    own = ceiling.mask.exceptions if ceiling.mask else ()
    if chosen.mask == CLEAR:
        return None
    if chosen.mask == "NU":
        return MaskRule("NU")
    return MaskRule(chosen.mask, own + tuple(one for one in chosen.exceptions if one not in own))


def _fingerprint(allowed: Permissions) -> str:
    """Return the SHA-256, in hex, of everything in which two permissions can differ."""
    document = {
        "caller": (allowed.client, allowed.purpose),
        "grants": dict(allowed.grants),
        "quotas": {name: quota.lookups_per_day for name, quota in allowed.quotas.items()},
        "bulk": sorted(allowed.bulk),
        "rows": {name: filter_document(one) for name, one in allowed.row_filters.items()},
        "rights": {
            coordinate: (rights_document(one.granted), mask_document(one.mask), one.grant, one.reason)
            for coordinate, one in allowed.rights.items()
        },
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(text.encode()).hexdigest()

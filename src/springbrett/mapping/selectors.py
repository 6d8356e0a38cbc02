"""The only readers of a mapping. Each asks the policy before it answers."""

from dataclasses import dataclass
from uuid import UUID

from springbrett import catalogue
from springbrett.access.policy import Action, CaseFacts, may_on_case
from springbrett.access.roles import Viewer
from springbrett.access.selectors import account_names
from springbrett.kernel import clock
from springbrett.mapping import rules
from springbrett.mapping.models import MappingVersion
from springbrett.mapping.records import Difference, NeedsProfile
from springbrett.people.models import Case
from springbrett.people.selectors import case_for, caseworker_id_of


class NoMapping(LookupError):
    """The case has no mapping, or not the version asked for."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version as the overview lists it."""

    version: MappingVersion
    started_by: str
    confirmed_by: str


def profile_for(
    viewer: Viewer, case_id: UUID, version: int | None = None, *, confirmed: bool = False
) -> tuple[NeedsProfile, MappingVersion]:
    """The needs profile of a case and the version it was read from.

    `version` is a number; None is the newest, or the newest confirmed one if `confirmed`. Raises Denied, CaseNotFound,
    NoMapping.
    """
    case = case_for(viewer, case_id, Action.SEE_MAPPING)
    found = _version(case, version, confirmed=confirmed)
    if found is None:
        raise NoMapping("the case has no such version of a mapping")
    return profile_of(case, found), found


def newest_for(viewer: Viewer, case_id: UUID) -> MappingVersion | None:
    """The newest version, open or confirmed; None before the first. Raises Denied, CaseNotFound."""
    return _version(case_for(viewer, case_id, Action.SEE_MAPPING), None, confirmed=False)


def profile_of(case: Case, version: MappingVersion) -> NeedsProfile:
    """The profile of a version the caller has already been let in to."""
    return NeedsProfile.from_answers(version.answers, birth_date=case.person.birth_date)


def confirmed_version_of(case: Case) -> MappingVersion | None:
    """The newest confirmed version of a case the caller has already been let in to."""
    return _version(case, None, confirmed=True)


def newest_version_of(case: Case) -> MappingVersion | None:
    """The newest version, open or confirmed, of a case the caller has already been let in to."""
    return _version(case, None, confirmed=False)


def versions_for(viewer: Viewer, case_id: UUID) -> tuple[VersionRow, ...]:
    """Every version, newest first, with who opened and confirmed it. Raises Denied, CaseNotFound."""
    return versions_of(case_for(viewer, case_id, Action.SEE_MAPPING))


def versions_of(case: Case) -> tuple[VersionRow, ...]:
    """Every version, newest first, of a case the caller has already been let in to."""
    versions = list(MappingVersion.objects.filter(case=case).order_by("-number"))
    names = account_names({v.started_by for v in versions} | {v.confirmed_by for v in versions if v.confirmed_by})
    return tuple(
        VersionRow(v, names.get(v.started_by, ""), names.get(v.confirmed_by, "") if v.confirmed_by else "")
        for v in versions
    )


def compared(viewer: Viewer, case_id: UUID, before: int, after: int) -> tuple[Difference, ...]:
    """What changed from one version to another. Raises Denied, CaseNotFound, NoMapping."""
    case = case_for(viewer, case_id, Action.SEE_MAPPING)
    found = {v.number: v for v in MappingVersion.objects.filter(case=case, number__in={before, after})}
    if not {before, after} <= found.keys():
        raise NoMapping("the case has no such version of a mapping")
    return rules.differences(found[before].answers, found[after].answers)


def may_write(viewer: Viewer, case: Case, action: Action) -> bool:
    """Whether to show the viewer the buttons of their own casework; asks the policy, without a query.

    Only for actions that rest on who carries the case. The service asks again, with every fact.
    """
    facts = CaseFacts(case.id, case.person_id, case.office_id, caseworker_id_of(case), protected=case.person.protected)
    return may_on_case(viewer, action, facts, now=clock.now()).allowed


def occupations_matching(words: str, language: str, limit: int = 12) -> tuple[str, ...]:
    """Codes of occupations whose name or STYRK-08 number holds every word, in any language; best first."""
    wanted = words.lower().split()
    if not wanted:
        return ()
    found: list[tuple[tuple[bool, str], str]] = []
    for entry in catalogue.load().codes("occupation"):
        number = str(getattr(entry, "styrk", ""))
        name = entry.name.get(language).lower()
        everything = " ".join((entry.name.nb, entry.name.nn, entry.name.en, number)).lower()
        if all(word in everything for word in wanted):
            found.append(((not (name.startswith(wanted[0]) or number == wanted[0]), name), entry.code))
    return tuple(code for _, code in sorted(found)[:limit])


def _version(case: Case, number: int | None, *, confirmed: bool) -> MappingVersion | None:
    versions = MappingVersion.objects.filter(case=case).order_by("-number")
    if number is not None:
        return versions.filter(number=number).first()
    return (versions.filter(confirmed_at__isnull=False) if confirmed else versions).first()

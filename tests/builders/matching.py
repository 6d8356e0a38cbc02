"""Builders of matching: a case ready to be matched, a match, and openings as plain facts for the rules."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from springbrett import catalogue
from springbrett.access.roles import Viewer
from springbrett.catalogue.codelists import Demand, Ordered, Place
from springbrett.employers.models import Opening
from springbrett.kernel import clock
from springbrett.mapping.records import NeedsProfile
from springbrett.matching import rules, selectors
from springbrett.matching.models import Match
from springbrett.matching.records import Aim, Candidate, EmployerFacts, OpeningFacts, World
from springbrett.matching.services import match_choose
from springbrett.people.models import Case
from tests.builders.choice import decided
from tests.builders.employers import make_opening

TODAY = date(2026, 6, 15)


def matched(actor: Viewer, case: Case, opening: Opening | None = None, **facts: Any) -> Match:
    """A match. Chooses a measure first if nobody has; sets aside every warning."""
    if selectors.aim_of(case).chain == "":
        decided(actor, case.id)
    found = opening or make_opening()
    candidate = selectors.candidate_for(actor, case, found, clock.today())
    warned = tuple(warning.rule for warning in candidate.warnings)
    said = {"reason": "The person wants to work here.", "overridden": warned,
            "override_reason": "parties_agree" if warned else "", **facts}  # fmt: skip
    return match_choose(actor=actor, case_id=case.id, opening_id=found.id, **said)


def world(home: str = "oslo", on: date = TODAY, points: Mapping[str, int] | None = None, **aim: Any) -> World:
    """The world by the catalogue, with a purpose."""
    known = catalogue.load()
    house = {code: value for code, value in known.house_group("matching", on).items() if isinstance(value, int)}
    return World(
        on=on,
        points={**house, **(points or {})},
        language_ranks={level.code: level.rank for level in known.codes("cefr") if isinstance(level, Ordered)},
        positions={place.code: (place.lat, place.lon) for place in known.codes("place") if isinstance(place, Place)},
        helps={
            entry.code: frozenset(entry.adaptations) for entry in known.codes("demand") if isinstance(entry, Demand)
        },
        highest_need=3,
        home=home,
        aim=Aim(**aim),
    )


def opening_facts(**said: Any) -> OpeningFacts:
    """An opening that stands open, with only what is said of it."""
    known: dict[str, Any] = {"occupation": "5223", "place": "oslo", "open_from": date(2026, 1, 1), **said}
    return OpeningFacts(id=known.pop("id", None) or uuid4(), workplace_id=uuid4(),
                        employer_id=known.pop("employer_id", None) or uuid4(), **known)  # fmt: skip


def weigh(
    profile: NeedsProfile | None = None,
    opening: OpeningFacts | None = None,
    employer: EmployerFacts | None = None,
    around: World | None = None,
    taken: int = 0,
) -> Candidate:
    """One opening weighed."""
    return rules.weigh(
        profile or NeedsProfile(), opening or opening_facts(), employer or EmployerFacts(), around or world(), taken
    )


def codes_of(candidate: Candidate) -> set[str]:
    """The codes of every reason."""
    return {reason.code for reason in candidate.reasons}


def employer_of(opening: Opening) -> UUID:
    """The employer of an opening."""
    return opening.workplace.employer_id

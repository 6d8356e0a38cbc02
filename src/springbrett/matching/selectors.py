"""The only readers of matching. Each asks the policy before it answers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from springbrett import catalogue
from springbrett.access.policy import Action
from springbrett.access.roles import Viewer
from springbrett.access.selectors import account_names
from springbrett.catalogue.codelists import Demand, Occupation, Ordered, Place
from springbrett.choice.selectors import newest_choice
from springbrett.employers import rules as employer_rules
from springbrett.employers.models import Opening
from springbrett.employers.records import Stay
from springbrett.employers.selectors import openings_on, sign_limits, stays_of, stops_on, with_stop
from springbrett.kernel import clock
from springbrett.kernel.period import add_months
from springbrett.kernel.verdict import Answer
from springbrett.mapping import selectors as mapping_selectors
from springbrett.mapping.records import NeedsProfile
from springbrett.matching import rules
from springbrett.matching.models import FirstContact, Match
from springbrett.matching.records import Aim, Candidate, EmployerFacts, OpeningFacts, Ranking, World
from springbrett.people.models import Case
from springbrett.people.selectors import case_for


class NoProfile(LookupError):
    """The case has no mapping yet, so there is nothing to hold the openings against."""


def candidates_for(viewer: Viewer, case_id: UUID, on: date | None = None, *, everywhere: bool = False) -> Ranking:
    """The openings that stand open on the day, ranked for the person of the case.

    Openings farther away than the house's radius are left out, and counted, unless `everywhere`. Raises Denied,
    CaseNotFound, NoProfile.
    """
    return ranking_of(viewer, case_for(viewer, case_id, Action.MATCH), on or clock.today(), everywhere=everywhere)


def ranking_of(viewer: Viewer, case: Case, on: date, *, everywhere: bool = False) -> Ranking:
    """As `candidates_for`, for a case the caller has already been let in to."""
    profile, version = _profile(case)
    world = world_for(case, aim_of(case), on)
    openings, beyond = _within(list(with_stop(openings_on(on, viewer), on)), profile, world, everywhere=everywhere)
    chosen = list(_chosen(case, openings))
    ranked = _weighed(case, profile, openings, world, [match for match in chosen if match.case_id != case.id])
    return Ranking(
        open=tuple(candidate for candidate in ranked if not candidate.stops),
        stopped=tuple(candidate for candidate in ranked if candidate.stops),
        beyond=beyond,
        profile_version=version,
        aim=world.aim,
        match=next((match for match in chosen if match.case_id == case.id), None),
    )


def candidate_for(viewer: Viewer, case: Case, opening: Opening, on: date) -> Candidate:
    """One opening weighed for the person, wherever it lies. For a case the caller has already been let in to.

    Raises NoProfile.
    """
    profile, _ = _profile(case)
    others = [match for match in _chosen(case, [opening]) if match.case_id != case.id]
    return _weighed(case, profile, [opening], world_for(case, aim_of(case), on), others)[0]


def match_for(viewer: Viewer, case_id: UUID) -> Match | None:
    """The match that counts, the newest, with opening, workplace and employer; None before the first.

    Raises Denied, CaseNotFound.
    """
    return newest_match(case_for(viewer, case_id, Action.SEE_CASE))


def newest_match(case: Case) -> Match | None:
    """The match that counts, of a case the caller has already been let in to."""
    matches = Match.objects.select_related("opening", "workplace__employer").filter(case=case)
    return matches.order_by("-number").first()


def matches_for(viewer: Viewer, case_id: UUID) -> tuple[tuple[Match, str], ...]:
    """Every match with who decided, newest first. Raises Denied, CaseNotFound."""
    case = case_for(viewer, case_id, Action.SEE_CASE)
    matches = Match.objects.select_related("opening", "workplace__employer").filter(case=case).order_by("-number")
    names = account_names({match.decided_by for match in matches})
    return tuple((match, names.get(match.decided_by, "")) for match in matches)


def contacts_of(case: Case) -> tuple[FirstContact, ...]:
    """First contacts, newest first, of a case the caller has already been let in to."""
    contacts = FirstContact.objects.select_related("workplace__employer", "opening").filter(case=case)
    return tuple(contacts.order_by("-on", "-written_at", "id"))


def contacts_for(viewer: Viewer, case_id: UUID) -> tuple[FirstContact, ...]:
    """First contacts, newest first. Raises Denied, CaseNotFound."""
    return contacts_of(case_for(viewer, case_id, Action.MATCH))


def aim_of(case: Case) -> Aim:
    """What the chosen chain asks of a workplace; nothing before a choice is made."""
    choice = newest_choice(case)
    known = catalogue.load()
    if choice is None or choice.chain not in known.chains:
        return Aim()
    chain = known.chain(choice.chain)
    return Aim(
        chain=chain.code,
        hiring=chain.purpose == "job_in_company",
        training=chain.purpose == "trade_certificate",
        language=chain.purpose == "language",
        mentor="mentor" in chain.supporting,
    )


def world_for(case: Case, aim: Aim, on: date) -> World:
    """What the rules need beside person and opening, from the catalogue in force on the day."""
    known = catalogue.load()
    points = {code: value for code, value in known.house_group("matching", on).items() if isinstance(value, int)}
    return World(
        on=on,
        points=points,
        language_ranks={level.code: level.rank for level in known.codes("cefr") if isinstance(level, Ordered)},
        positions={place.code: (place.lat, place.lon) for place in known.codes("place") if isinstance(place, Place)},
        helps={
            entry.code: frozenset(entry.adaptations) for entry in known.codes("demand") if isinstance(entry, Demand)
        },
        highest_need=max(level.rank for level in known.codes("followup_need") if isinstance(level, Ordered)),
        home=case.person.home_place,
        aim=aim,
    )


def facts_of(opening: Opening) -> OpeningFacts:
    """An opening row (with workplace and employer) as the rules read it."""
    occupation = catalogue.load().lists["occupation"].get(opening.occupation)
    return OpeningFacts(
        id=opening.id,
        workplace_id=opening.workplace_id,
        employer_id=opening.workplace.employer_id,
        title=opening.title,
        employer_name=opening.workplace.employer.name,
        workplace_name=opening.workplace.name,
        occupation=opening.occupation,
        industry=opening.workplace.employer.industry,
        place=opening.workplace.place,
        demands=tuple(opening.demands),
        usual_demands=occupation.demands if isinstance(occupation, Occupation) else (),
        adaptations=tuple(opening.adaptations),
        language_min=opening.language_min,
        hours_min=None if opening.hours_min is None else float(opening.hours_min),
        hours_max=None if opening.hours_max is None else float(opening.hours_max),
        followup_capacity=opening.followup_capacity,
        mentor_available=opening.mentor_available,
        hiring_realistic=opening.hiring_realistic,
        training_company=opening.training_company,
        must_speak=opening.must_speak,
        licence=opening.licence,
        places=opening.places,
        open_from=opening.open_from,
        open_to=opening.open_to,
    )


def _profile(case: Case) -> tuple[NeedsProfile, int]:
    """The newest confirmed profile, or the open one before the first is confirmed, and its version number."""
    version = mapping_selectors.confirmed_version_of(case) or mapping_selectors.newest_version_of(case)
    if version is None:
        raise NoProfile
    return mapping_selectors.profile_of(case, version), version.number


def _within(
    openings: list[Opening], profile: NeedsProfile, world: World, *, everywhere: bool
) -> tuple[list[Opening], int]:
    """The openings near enough to weigh, and how many were left out. An unknown distance is never too far, and an
    employer the person wishes for is always weighed."""
    if everywhere or world.home not in world.positions:
        return openings, 0
    radius = max(catalogue.load().house_int("match_search_radius_km", world.on), round(profile.commute_max_km or 0))
    near = {
        place for place in world.positions if (rules.distance_km(world, world.home, place) or 0) <= radius
    }  # fmt: skip
    kept = [
        opening
        for opening in openings
        if opening.workplace.place in near
        or opening.workplace.place not in world.positions
        or (profile.wish_employer and rules.same_name(profile.wish_employer, opening.workplace.employer.name))
    ]
    return kept, len(openings) - len(kept)


def _weighed(
    case: Case, profile: NeedsProfile, openings: list[Opening], world: World, others: list[Match]
) -> tuple[Candidate, ...]:
    """The openings ranked. `others`: what counts as chosen for other cases."""
    employer_ids = {opening.workplace.employer_id for opening in openings}
    stays = stays_of(employer_ids) if employer_ids else {}
    employers = _employers(case, employer_ids, stays, world.on)
    for employer_id, stop in _stops(openings, world.on).items():
        employers[employer_id] = replace(employers[employer_id], stopped_reason=stop[0], stopped_from=stop[1])
    over = {stay.case_id for told in stays.values() for stay in told if not stay.running}
    taken = Counter(match.opening_id for match in others if match.case_id not in over)
    return rules.rank(profile, [facts_of(opening) for opening in openings], employers, world, taken)


def _employers(
    case: Case, employer_ids: Iterable[UUID], stays: dict[UUID, tuple[Stay, ...]], on: date
) -> dict[UUID, EmployerFacts]:
    limits = sign_limits(on)
    since = add_months(on, -limits.lookback_months)
    known: dict[UUID, EmployerFacts] = {}
    for employer_id in employer_ids:
        told = stays.get(employer_id, ())
        finished = [stay for stay in told if stay.ended is not None]
        recent = [stay for stay in finished if stay.ended is not None and stay.ended.on >= since]
        sign = employer_rules.some_are_hired(recent, limits.participants_without_hires)
        known[employer_id] = EmployerFacts(
            finished=len(finished),
            hired=sum(employer_rules.HIRED in stay.outcomes for stay in finished),
            ended_by_employer=sum(stay.ended is not None and stay.ended.reason == "by_employer" for stay in finished),
            nobody_hired=None if sign.unknown else sign.answer is Answer.NOT_MET,
            own_ends=tuple(
                stay.ended.reason if stay.ended else "" for stay in told if stay.person_id == case.person_id
            ),
        )
    return known


def _stops(openings: list[Opening], on: date) -> dict[UUID, tuple[str, date]]:
    """Reason and first day of the stop in force, by employer; asked for only where the rows do not carry it."""
    if all(hasattr(opening, "stop_reason") for opening in openings):
        carried = [
            (o.workplace.employer_id, getattr(o, "stop_reason", ""), getattr(o, "stop_from", on)) for o in openings
        ]
        return {employer_id: (reason, start) for employer_id, reason, start in carried if reason}
    stops = stops_on({opening.workplace.employer_id for opening in openings}, on)
    return {employer_id: (stop.reason, stop.from_on) for employer_id, stop in stops.items()}


def _chosen(case: Case, openings: list[Opening]) -> QuerySet[Match]:
    """The matches that count: this case's own, and those of other cases that chose one of the openings."""
    newer = Match.objects.filter(Q(case=OuterRef("case")) & Q(number__gt=OuterRef("number")))
    newest = Match.objects.select_related("opening", "workplace__employer").filter(~Exists(newer))
    return newest.filter(Q(opening_id__in=[opening.id for opening in openings]) | Q(case=case))

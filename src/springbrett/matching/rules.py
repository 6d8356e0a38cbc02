"""How openings are weighed for one person. Pure: facts in, reasons out; persons are never ranked, openings are.

Each rule looks at one thing and answers with the reasons it found (none where it has nothing to say). A reason for or
against carries points from the house's settings; a missing fact gives a question mark and never a minus.
"""

from collections.abc import Callable, Iterable, Mapping
from math import asin, cos, inf, radians, sin, sqrt
from uuid import UUID

from springbrett.kernel.verdict import Fact, Severity
from springbrett.mapping.records import CAN, CANNOT, WITH_ADAPTATION, NeedsProfile
from springbrett.matching.records import Candidate, EmployerFacts, OpeningFacts, Reason, Sign, World

EARTH_RADIUS_KM = 6371.0
WENT_WELL = frozenset({"purpose_reached", "job_found", "planned_end"})
BROKE_OFF = frozenset({"by_employer", "by_participant", "no_shows"})

Reasons = tuple[Reason, ...]
Rule = Callable[[NeedsProfile, OpeningFacts, World], Reasons]


def rank(
    profile: NeedsProfile,
    openings: Iterable[OpeningFacts],
    employers: Mapping[UUID, EmployerFacts],
    world: World,
    taken: Mapping[UUID, int] | None = None,
) -> tuple[Candidate, ...]:
    """The openings in order for this person: those that can be chosen first, then by points, nearest, and title.

    `employers` holds what is known by employer id and `taken` how many of an opening's places are chosen for others.
    """
    weighed = [
        weigh(profile, opening, employers.get(opening.employer_id, EmployerFacts()), world,
              (taken or {}).get(opening.id, 0))
        for opening in openings
    ]  # fmt: skip
    return tuple(sorted(weighed, key=_order))


def weigh(
    profile: NeedsProfile, opening: OpeningFacts, employer: EmployerFacts, world: World, taken: int = 0
) -> Candidate:
    """One opening weighed for the person by every rule."""
    reasons = [reason for rule in RULES for reason in rule(profile, opening, world)]
    reasons += record_of_employer(employer, world)
    reasons += room_left(opening, taken, world)
    return Candidate(opening, tuple(reasons), distance_km(world, world.home, opening.place))


def _order(candidate: Candidate) -> tuple[bool, int, float, str, str]:
    far = candidate.distance_km if candidate.distance_km is not None else inf
    return bool(candidate.stops), -candidate.score, far, candidate.opening.title, str(candidate.opening.id)


def wished_occupation(profile: NeedsProfile, opening: OpeningFacts, world: World) -> Reasons:
    """An occupation the person wishes for counts most, one in the same group less, one in the same field a little."""
    fact = (Fact("occupation", opening.occupation),)
    if not profile.wishes_occupations:
        return (Reason("wish_occupation_unknown", Sign.UNKNOWN, facts=fact, changes=("wishes_occupations",)),)
    nearness = max(_shared_digits(opening.occupation, wish) for wish in profile.wishes_occupations)
    for digits, code in ((4, "wish_occupation"), (3, "wish_occupation_near"), (2, "wish_occupation_related")):
        if nearness >= digits:
            return (Reason(code, Sign.FOR, world.points[code], fact),)
    return (Reason("wish_occupation_other", Sign.AGAINST, facts=fact, changes=("wishes_occupations",)),)


def wished_industry(profile: NeedsProfile, opening: OpeningFacts, world: World) -> Reasons:
    """An industry the person wishes for counts for the opening."""
    if opening.industry and opening.industry in (profile.wishes_industries or ()):
        fact = Fact("industry", opening.industry)
        return (Reason("wish_industry", Sign.FOR, world.points["wish_industry"], (fact,)),)
    return ()


def wished_employer(profile: NeedsProfile, opening: OpeningFacts, world: World) -> Reasons:
    """An employer the person has named counts for the opening."""
    if profile.wish_employer and same_name(profile.wish_employer, opening.employer_name):
        return (Reason("wish_employer", Sign.FOR, world.points["wish_employer"]),)
    return ()


def demands_and_abilities(profile: NeedsProfile, opening: OpeningFacts, world: World) -> Reasons:
    """What the work demands is held against what the person manages: can, with adaptation, cannot.

    A demand the opening states and the person cannot meet stops; one that only the occupation usually has warns, since
    this workplace may be different. What has not been talked about stays unknown.
    """
    stated = bool(opening.demands)
    demands = opening.demands or opening.usual_demands
    if not demands:
        return (Reason("demands_not_stated", Sign.UNKNOWN, changes=("demands",)),)
    managed = profile.demands_hard or {}
    able = tuple(code for code in demands if managed.get(code) == CAN)
    adapted = tuple(code for code in demands if managed.get(code) == WITH_ADAPTATION)
    unable = tuple(code for code in demands if managed.get(code) == CANNOT)
    open_ = tuple(code for code in demands if code not in managed)
    return (
        *_cannot(unable, world, stated=stated),
        *_listed("demand_can", Sign.FOR, Fact("demands", able), world.points["demand_can"]),
        *_adapted(adapted, opening, world),
        *_listed("demand_not_talked_about", Sign.UNKNOWN, Fact("demands", open_), changes=("demands_hard",)),
    )


def adaptations_needed(profile: NeedsProfile, opening: OpeningFacts, world: World) -> Reasons:
    """Adaptations the person needs count for the opening when the place offers them, against it when it does not."""
    needed, changes = profile.adaptations_needed or (), ("adaptations",)
    if not opening.adaptations:
        return _listed("adaptation_not_asked", Sign.UNKNOWN, Fact("adaptations_needed", needed), changes=changes)
    offered = Fact("adaptations_needed", tuple(code for code in needed if code in opening.adaptations))
    lacking = Fact("adaptations_needed", tuple(code for code in needed if code not in opening.adaptations))
    return (
        *_listed("adaptation_offered", Sign.FOR, offered, world.points["adaptation_offered"]),
        *_listed("adaptation_not_offered", Sign.AGAINST, lacking, world.points["adaptation_not_offered"], changes),
    )


def language_needed(profile: NeedsProfile, opening: OpeningFacts, world: World) -> Reasons:
    """The person's spoken Norwegian reaches what the work needs; a little below warns, far below stops."""
    facts = (Fact("language_min", opening.language_min or None), Fact("cefr_oral", profile.cefr_oral))
    if not opening.language_min:
        return (Reason("language_not_stated", Sign.UNKNOWN, facts=facts, changes=("language_min",)),)
    if profile.cefr_oral is None or profile.cefr_oral not in world.language_ranks:
        return (Reason("language_unknown", Sign.UNKNOWN, facts=facts, changes=("cefr_oral",)),)
    gap = world.language_ranks[opening.language_min] - world.language_ranks[profile.cefr_oral]
    if gap <= 0:
        return (Reason("language_met", Sign.FOR, world.points["language_met"], facts),)
    points, changes = world.points["language_gap_per_level"] * gap, ("cefr_oral",)
    if gap >= world.points["language_gap_stop_levels"]:
        return (Reason("language_far_below", Sign.AGAINST, points, facts, Severity.STOP, changes),)
    return (Reason("language_below", Sign.AGAINST, points, facts, Severity.WARNING, changes),)


def practice_in_speaking(profile: NeedsProfile, opening: OpeningFacts, world: World) -> Reasons:
    """When language is the purpose, a workplace where one must speak counts, and one where one need not counts
    against."""
    if not world.aim.language:
        return ()
    if opening.must_speak is None:
        return (Reason("must_speak_unknown", Sign.UNKNOWN, changes=("must_speak",)),)
    if opening.must_speak:
        return (Reason("must_speak_for_language", Sign.FOR, world.points["must_speak_for_language"]),)
    return (Reason("must_speak_missing", Sign.AGAINST, world.points["must_speak_missing"]),)


def hours_overlap(profile: NeedsProfile, opening: OpeningFacts, world: World) -> Reasons:
    """The hours a week that the person can and the place needs overlap."""
    facts = (
        Fact("hours_person", _range(profile.hours_min, profile.hours_max)),
        Fact("hours_opening", _range(opening.hours_min, opening.hours_max)),
    )
    if profile.hours_min is None and profile.hours_max is None:
        return (Reason("hours_of_person_unknown", Sign.UNKNOWN, facts=facts[1:], changes=("hours_max",)),)
    if opening.hours_min is None and opening.hours_max is None:
        return (Reason("hours_of_opening_unknown", Sign.UNKNOWN, facts=facts[:1], changes=("hours_opening",)),)
    lowest = max(profile.hours_min or 0, opening.hours_min or 0)
    tops = [top for top in (profile.hours_max, opening.hours_max) if top is not None]
    if not tops or lowest <= min(tops):
        return (Reason("hours_fit", Sign.FOR, world.points["hours_fit"], facts),)
    points = world.points["hours_gap"]
    return (Reason("hours_gap", Sign.AGAINST, points, facts, Severity.WARNING, ("hours_max", "hours_opening")),)


def distance(profile: NeedsProfile, opening: OpeningFacts, world: World) -> Reasons:
    """The workplace lies within what the person can travel, as the crow flies; a little beyond warns, far beyond
    stops. The real way is never shorter than the straight line."""
    km = distance_km(world, world.home, opening.place)
    limit = None if profile.commute_max_km is None else round(profile.commute_max_km)
    facts = (Fact("distance_km", km), Fact("commute_max_km", limit))
    if km is None:
        return (Reason("distance_unknown", Sign.UNKNOWN, facts=facts, changes=("home_place",)),)
    points = world.points["distance_per_10_km"] * (km // 10)
    if limit is None:
        return (Reason("commute_limit_unknown", Sign.UNKNOWN, points, facts, changes=("commute_max_km",)),)
    if km <= limit:
        return (Reason("distance_within", Sign.FOR, points, facts),)
    stop = km * 100 > limit * world.points["distance_stop"]
    code, severity = ("distance_far", Severity.STOP) if stop else ("distance_beyond", Severity.WARNING)
    return (Reason(code, Sign.AGAINST, points, facts, severity, ("commute_max_km",)),)


def licence(profile: NeedsProfile, opening: OpeningFacts, world: World) -> Reasons:
    """The person has the licence the work needs. Lacking it warns: a placement can show whether to take it."""
    if not opening.licence:
        return ()
    facts = (Fact("licence", opening.licence),)
    if profile.licences is None:
        return (Reason("licence_unknown", Sign.UNKNOWN, facts=facts, changes=("licences",)),)
    if opening.licence in profile.licences:
        return (Reason("licence_held", Sign.FOR, world.points["licence_held"], facts),)
    points = world.points["licence_missing"]
    return (Reason("licence_missing", Sign.AGAINST, points, facts, Severity.WARNING, ("licences",)),)


def followup_capacity(profile: NeedsProfile, opening: OpeningFacts, world: World) -> Reasons:
    """The place can give as much follow-up in the work day as the person needs."""
    need, capacity = profile.followup_need, opening.followup_capacity
    facts = (Fact("followup_need", need), Fact("followup_capacity", capacity))
    if need is None:
        return (Reason("followup_need_unknown", Sign.UNKNOWN, facts=facts, changes=("followup_need",)),)
    if capacity is None:
        return (Reason("followup_capacity_unknown", Sign.UNKNOWN, facts=facts, changes=("followup_capacity",)),)
    if capacity >= need:
        return (Reason("followup_capacity_met", Sign.FOR, world.points["followup_capacity_met"], facts),)
    points = world.points["followup_capacity_gap"]
    return (Reason("followup_capacity_gap", Sign.AGAINST, points, facts, changes=("followup_capacity",)),)


def mentor(profile: NeedsProfile, opening: OpeningFacts, world: World) -> Reasons:
    """Where the chain or the person's need suggests a mentor, a place that has one counts."""
    if not world.aim.mentor and profile.followup_need != world.highest_need:
        return ()
    if opening.mentor_available is None:
        return (Reason("mentor_unknown", Sign.UNKNOWN, changes=("mentor_available",)),)
    if opening.mentor_available:
        return (Reason("mentor_available", Sign.FOR, world.points["mentor_available"]),)
    return (Reason("mentor_missing", Sign.AGAINST, world.points["mentor_missing"], changes=("mentor_available",)),)


def realistic_hiring(profile: NeedsProfile, opening: OpeningFacts, world: World) -> Reasons:
    """Whether hiring is realistic matters most when a job in the company is the aim; otherwise a no is no minus."""
    if opening.hiring_realistic == "yes":
        code = "hiring_realistic" if world.aim.hiring else "hiring_realistic_other_aim"
        return (Reason(code, Sign.FOR, world.points[code]),)
    if not world.aim.hiring:
        return ()
    if opening.hiring_realistic == "no":
        points = world.points["hiring_unrealistic"]
        return (Reason("hiring_unrealistic", Sign.AGAINST, points, (), Severity.WARNING, ("hiring_realistic",)),)
    return (Reason("hiring_unknown", Sign.UNKNOWN, changes=("hiring_realistic",)),)


def training_company(profile: NeedsProfile, opening: OpeningFacts, world: World) -> Reasons:
    """When a trade certificate is the aim, an approved training company counts."""
    if not world.aim.training:
        return ()
    if opening.training_company is None:
        return (Reason("training_company_unknown", Sign.UNKNOWN, changes=("training_company",)),)
    if opening.training_company:
        return (Reason("training_company", Sign.FOR, world.points["training_company"]),)
    points = world.points["training_company_missing"]
    return (Reason("training_company_missing", Sign.AGAINST, points, changes=("training_company",)),)


def open_on_the_day(profile: NeedsProfile, opening: OpeningFacts, world: World) -> Reasons:
    """An opening can be chosen only while it stands open."""
    if opening.open_from <= world.on and (opening.open_to is None or world.on <= opening.open_to):
        return ()
    facts = (Fact("open_from", opening.open_from), Fact("open_to", opening.open_to))
    return (Reason("opening_not_open", Sign.AGAINST, 0, facts, Severity.STOP, ("open_to",)),)


def record_of_employer(employer: EmployerFacts, world: World) -> Reasons:
    """How it went with the employer before, for others and for this person; a stop in cooperation stops."""
    return (*_cooperation(employer), *_earlier_participants(employer, world), *_own_stays(employer, world))


def room_left(opening: OpeningFacts, taken: int, world: World) -> Reasons:
    """There is a place left that is not chosen for somebody else."""
    if taken < opening.places:
        return ()
    facts = (Fact("places", opening.places), Fact("places_taken", taken))
    return (Reason("places_taken", Sign.AGAINST, world.points["places_taken"], facts, Severity.WARNING, ("places",)),)


RULES: tuple[Rule, ...] = (
    wished_occupation, wished_industry, wished_employer, demands_and_abilities, adaptations_needed, language_needed,
    practice_in_speaking, hours_overlap, distance, licence, followup_capacity, mentor, realistic_hiring,
    training_company, open_on_the_day,
)  # fmt: skip
"""Every rule about the person and the opening, in the order their reasons are told."""


def distance_km(world: World, a: str, b: str) -> int | None:
    """Whole kilometres between two places as the crow flies (great circle); None if either is not known."""
    if a not in world.positions or b not in world.positions:
        return None
    (lat1, lon1), (lat2, lon2) = world.positions[a], world.positions[b]
    dlat, dlon = radians(lat2 - lat1), radians(lon2 - lon1)
    half = sin(dlat / 2) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(dlon / 2) ** 2
    return round(2 * EARTH_RADIUS_KM * asin(sqrt(half)))


def same_name(wish: str, name: str) -> bool:
    """Whether what the person wrote names the employer: every word of the shorter name stands in the longer."""
    wished, named = _words(wish), _words(name)
    return bool(wished and named) and (wished <= named or named <= wished)


def _words(name: str) -> frozenset[str]:
    letters = "".join(letter if letter.isalnum() else " " for letter in name.lower())
    return frozenset(letters.split()) - {"as", "asa", "ans", "da", "sa", "hf", "kf", "avd", "avdeling"}


def _shared_digits(occupation: str, wish: str) -> int:
    """How many leading digits of the four two STYRK-08 codes share."""
    return next((i for i, (a, b) in enumerate(zip(occupation, wish, strict=False)) if a != b), min(len(occupation),
                len(wish)))  # fmt: skip


def _listed(code: str, sign: Sign, about: Fact, each: int = 0, changes: tuple[str, ...] = ()) -> Reasons:
    """One reason about several codes (the fact's value), with the points of each; none about nothing."""
    codes = about.value if isinstance(about.value, tuple) else ()
    return (Reason(code, sign, each * len(codes), (about,), changes=changes),) if codes else ()


def _cannot(codes: tuple[str, ...], world: World, *, stated: bool) -> Reasons:
    if not codes:
        return ()
    fact, changes = (Fact("demands", codes),), ("demands", "demands_hard")
    if stated:
        return (Reason("demand_cannot", Sign.AGAINST, 0, fact, Severity.STOP, changes),)
    points = world.points["demand_adaptation_missing"] * len(codes)
    return (Reason("usual_demand_cannot", Sign.AGAINST, points, fact, Severity.WARNING, changes),)


def _adapted(codes: tuple[str, ...], opening: OpeningFacts, world: World) -> Reasons:
    changes = ("adaptations",)
    if not opening.adaptations:
        return _listed("demand_adaptation_not_asked", Sign.UNKNOWN, Fact("demands", codes), changes=changes)
    offered = set(opening.adaptations)
    helped = tuple(code for code in codes if world.helps.get(code, frozenset()) & offered)
    lacking = Fact("demands", tuple(code for code in codes if code not in helped))
    return (
        *_listed("demand_with_adaptation", Sign.FOR, Fact("demands", helped), world.points["demand_with_adaptation"]),
        *_listed(
            "demand_adaptation_missing", Sign.AGAINST, lacking, world.points["demand_adaptation_missing"], changes
        ),
    )


def _cooperation(employer: EmployerFacts) -> Reasons:
    if not employer.stopped_reason:
        return ()
    facts = (Fact("stop_reason", employer.stopped_reason), Fact("stopped_from", employer.stopped_from))
    return (Reason("employer_stopped", Sign.AGAINST, 0, facts, Severity.STOP, ("employer_stopped",)),)


def _earlier_participants(employer: EmployerFacts, world: World) -> Reasons:
    facts = (Fact("finished_stays", employer.finished), Fact("hired_after", employer.hired))
    if not employer.finished:
        return (Reason("history_none", Sign.UNKNOWN),)
    reasons: list[Reason] = []
    if employer.hired:
        reasons.append(Reason("history_hired", Sign.FOR, world.points["history_hired"], facts))
    elif employer.nobody_hired:
        points = world.points["history_no_hires"] if world.aim.hiring else 0
        reasons.append(Reason("history_no_hires", Sign.AGAINST, points, facts))
    if employer.ended_by_employer:
        points = world.points["history_ended_by_employer"] * employer.ended_by_employer
        fact = (Fact("ended_by_employer", employer.ended_by_employer),)
        reasons.append(Reason("history_ended_by_employer", Sign.AGAINST, points, fact))
    return tuple(reasons)


def _own_stays(employer: EmployerFacts, world: World) -> Reasons:
    if not employer.own_ends:
        return ()
    facts = (Fact("own_ends", employer.own_ends),)
    if any(end in BROKE_OFF for end in employer.own_ends):
        points = world.points["own_stay_broke_off"]
        return (Reason("own_stay_broke_off", Sign.AGAINST, points, facts, Severity.WARNING),)
    if any(end in WENT_WELL for end in employer.own_ends):
        return (Reason("own_stay_went_well", Sign.FOR, world.points["own_stay_went_well"], facts),)
    return (Reason("own_stay_before", Sign.UNKNOWN, facts=facts),)


def _range(low: float | None, high: float | None) -> tuple[float | None, float | None]:
    return low, high

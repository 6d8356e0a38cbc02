"""The only writers of matching: who asked an employer, and the opening that was chosen."""

from datetime import date
from uuid import UUID

from springbrett import catalogue
from springbrett.access.policy import Action
from springbrett.access.roles import Viewer
from springbrett.choice.selectors import newest_choice
from springbrett.employers.models import Opening, Workplace
from springbrett.employers.services import OpeningFields, opening_register
from springbrett.kernel import clock, trace, verdict
from springbrett.ledger.services import record, service
from springbrett.mapping.rules import words_problem
from springbrett.matching import selectors
from springbrett.matching.models import FirstContact, Match
from springbrett.matching.records import Candidate, Ranking
from springbrett.people.models import Case
from springbrett.people.selectors import case_for

ANY = -1
"""`seen` when the caller does not check what was chosen before."""


class MatchRefused(ValueError):
    """The step cannot stand as it is. `problem` is a code (see `explain.PROBLEMS`), `field` the field it concerns, and
    `keys` the rules that stand in the way."""

    def __init__(self, problem: str, field: str = "", keys: tuple[str, ...] = ()) -> None:
        super().__init__(f"{problem}: {', '.join(keys)}" if keys else problem)
        self.problem, self.field, self.keys = problem, field, keys


@service
def contact_record(
    *,
    actor: Viewer,
    case_id: UUID,
    on: date,
    by: str,
    result: str,
    note: str = "",
    opening_id: UUID | None = None,
    workplace_id: UUID | None = None,
) -> FirstContact:
    """Record that an employer was asked about the person: about an opening, or a workplace without one.

    `by` is who took the step (initiative code), `result` what came of it. Raises Denied, CaseNotFound, and MatchRefused
    with in_the_future, unknown_code, no_place, diagnosis or national_id.
    """
    case = case_for(actor, case_id, Action.MATCH)
    if on > clock.today():
        raise MatchRefused("in_the_future", "on")
    _coded("by", "initiative", by)
    _coded("result", "contact_result", result)
    _worded("note", note)
    workplace, opening = _place(workplace_id, opening_id)
    contact = FirstContact.objects.create(
        case=case, workplace=workplace, opening=opening, on=on, by=by, result=result, note=note.strip(),
        written_by=actor.account_id, written_at=clock.now(),
    )  # fmt: skip
    record(
        actor=actor, action="matching.contacted", step="matching", case_id=case.id, person_id=case.person_id,
        employer_id=workplace.employer_id, object_kind="first_contact", object_id=contact.id,
        facts={"by": by, "result": result, "on": on, "workplace": workplace.id, "opening": opening_id},
    )  # fmt: skip
    return contact


@service
def match_choose(
    *,
    actor: Viewer,
    case_id: UUID,
    opening_id: UUID,
    reason: str,
    overridden: tuple[str, ...] = (),
    override_reason: str = "",
    seen: int = ANY,
) -> Match:
    """Choose an opening for the case. The choice is kept with the list as it was ranked on the day.

    `overridden` names every warning that is set aside and `override_reason` why (a code). `seen` is the number of the
    match that counted when the page was opened (0: none). Raises Denied, CaseNotFound, NoProfile, and MatchRefused with
    no_choice, no_reason, diagnosis, national_id, unknown_code, changed_meanwhile, stopped, or not_overridden (its
    `keys` name the rules).
    """
    case = case_for(actor, case_id, Action.MATCH)
    choice = newest_choice(case)
    if choice is None:
        raise MatchRefused("no_choice")
    if not reason.strip():
        raise MatchRefused("no_reason", "reason")
    _worded("reason", reason)
    Case.objects.select_for_update().get(pk=case.id)  # two who choose at once take their turn
    newest = selectors.newest_match(case)
    number = newest.number if newest else 0
    if seen not in (ANY, number):
        raise MatchRefused("changed_meanwhile")
    opening = _opening(opening_id)
    on = clock.today()
    candidate = selectors.candidate_for(actor, case, opening, on)
    kept = _let_through(candidate, overridden, override_reason)
    match = Match.objects.create(
        case=case,
        number=number + 1,
        opening=opening,
        workplace_id=opening.workplace_id,
        employer_ref=opening.workplace.employer_id,
        reason=reason.strip(),
        overridden=list(kept),
        override_reason=override_reason if kept else "",
        snapshot=_snapshot(selectors.ranking_of(actor, case, on), candidate),
        decided_on=on,
        decided_by=actor.account_id,
        decided_at=clock.now(),
    )
    _tell(actor, case, match, candidate, choice.chain)
    return match


@service
def match_choose_own(
    *,
    actor: Viewer,
    case_id: UUID,
    workplace_id: UUID,
    opening: OpeningFields,
    reason: str,
    overridden: tuple[str, ...] = (),
    override_reason: str = "",
) -> Match:
    """Choose a workplace that had no opening: the opening is registered first, then chosen, in one step.

    Raises as `opening_register` and `match_choose` do; nothing is kept when either refuses.
    """
    registered = opening_register(actor=actor, workplace_id=workplace_id, **opening)
    return match_choose(
        actor=actor, case_id=case_id, opening_id=registered.id, reason=reason, overridden=overridden,
        override_reason=override_reason,
    )  # fmt: skip


def _snapshot(ranking: Ranking, chosen: Candidate) -> dict[str, object]:
    """What is kept with the decision: the top of the list and the chosen candidate in full."""
    size = catalogue.load().house_int("match_shortlist_size", clock.today())
    return {
        "profile_version": ranking.profile_version,
        "chain": ranking.aim.chain,
        "weighed": len(ranking.all),
        "stopped": len(ranking.stopped),
        "beyond": ranking.beyond,
        "place": ranking.place_of(chosen.opening.id),
        "shown": [_short(candidate) for candidate in ranking.all[:size]],
        "chosen": {**_short(chosen), "trace": trace.to_data(chosen.trace),
                   "reasons": [verdict.to_data(reason.verdict) for reason in chosen.reasons]},
    }  # fmt: skip


def _short(candidate: Candidate) -> dict[str, object]:
    opening = candidate.opening
    return {
        "opening": str(opening.id),
        "workplace": str(opening.workplace_id),
        "employer": str(opening.employer_id),
        "title": opening.title,
        "employer_name": opening.employer_name,
        "score": candidate.score,
        "distance_km": candidate.distance_km,
        "points": {reason.code: reason.points for reason in candidate.reasons if reason.points},
        "stops": [stop.rule for stop in candidate.stops],
        "warnings": [warning.rule for warning in candidate.warnings],
    }


def _let_through(candidate: Candidate, overridden: tuple[str, ...], override_reason: str) -> tuple[str, ...]:
    """The warnings set aside. Raises MatchRefused when something stops it or a warning is not set aside."""
    if candidate.stops:
        raise MatchRefused("stopped", keys=tuple(stop.rule for stop in candidate.stops))
    warned = tuple(dict.fromkeys(warning.rule for warning in candidate.warnings))
    left = tuple(rule for rule in warned if rule not in overridden)
    if left:
        raise MatchRefused("not_overridden", "overridden", left)
    if warned:
        _coded("override_reason", "override_reason", override_reason)
    return warned


def _tell(actor: Viewer, case: Case, match: Match, candidate: Candidate, chain: str) -> None:
    record(
        actor=actor, action="matching.chosen", step="matching", case_id=case.id, person_id=case.person_id,
        employer_id=match.employer_ref, object_kind="match", object_id=match.id,
        facts={
            "opening": match.opening_id, "workplace": match.workplace_id, "employer": match.employer_ref,
            "chain": chain, "number": match.number, "score": candidate.score, "place": match.snapshot["place"],
            "distance_km": candidate.distance_km, "overridden": match.overridden,
            "override_reason": match.override_reason,
        },
    )  # fmt: skip


def _opening(opening_id: UUID) -> Opening:
    opening = Opening.objects.select_related("workplace__employer").filter(pk=opening_id).first()
    if opening is None:
        raise MatchRefused("no_place", "opening")
    return opening


def _place(workplace_id: UUID | None, opening_id: UUID | None) -> tuple[Workplace, Opening | None]:
    if opening_id is not None:
        opening = _opening(opening_id)
        return opening.workplace, opening
    workplace = Workplace.objects.filter(pk=workplace_id).first() if workplace_id is not None else None
    if workplace is None:
        raise MatchRefused("no_place", "workplace")
    return workplace, None


def _coded(field: str, listed: str, code: str) -> None:
    if not catalogue.load().has_code(listed, code):
        raise MatchRefused("unknown_code", field)


def _worded(field: str, words: str) -> None:
    """Words about a person at work hold no diagnosis and no identity number; the employer or the person reads them."""
    if problem := words_problem(words):
        raise MatchRefused(problem, field)

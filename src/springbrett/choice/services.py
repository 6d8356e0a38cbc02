"""The only writer of choices."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from springbrett import catalogue
from springbrett.access.policy import Action
from springbrett.access.roles import Viewer
from springbrett.catalogue import Catalogue
from springbrett.choice import proposal, rules, selectors
from springbrett.choice.models import Choice
from springbrett.choice.records import Barriers, MeasureOption, key_of
from springbrett.kernel import clock
from springbrett.kernel.verdict import Verdict
from springbrett.ledger.services import record, service
from springbrett.mapping.models import MappingVersion
from springbrett.mapping.rules import words_problem
from springbrett.mapping.selectors import confirmed_version_of
from springbrett.people.models import Case
from springbrett.people.selectors import case_for

ANY: Literal["any"] = "any"


class ChoiceRefused(ValueError):
    """The choice cannot stand as it is. `problem` is a code; `keys` name the verdicts or the field it concerns."""

    def __init__(self, problem: str, keys: tuple[str, ...] = ()) -> None:
        super().__init__(f"{problem}: {', '.join(keys)}" if keys else problem)
        self.problem, self.keys = problem, keys


@service
def choice_decide(
    *,
    actor: Viewer,
    case_id: UUID,
    measure: str,
    reason: str,
    agrees_with_person: bool,
    chain: str = "",
    person_wish: str = "",
    person_wish_measure: str = "",
    waiting_for: str = "",
    overrides: Mapping[str, str] | None = None,
    unknowns_acknowledged: bool = False,
    seen: UUID | Literal["any"] | None = ANY,
) -> Choice:
    """Decide on a measure, and on the chain it should follow.

    `overrides` gives a coded reason for each warning that is not met (keys from `records.key_of`). `waiting_for` names
    the measure the person is queueing for, if the placement is used while waiting: it is then shown to the employer and
    the participant. `seen` is the choice that counted when the page was opened, None if there was none, "any" not to
    check. Raises Denied, or ChoiceRefused with one of: not_confirmed, changed_meanwhile, unknown_measure,
    not_offered, unknown_chain, no_reason, words, waiting_for, stopped, not_overridden, not_acknowledged.
    """
    case = case_for(actor, case_id, Action.CHOOSE)
    known = catalogue.load()
    version = _confirmed(case)
    newest = _check_seen(case, seen)
    _check_codes(known, measure, chain, waiting_for, person_wish_measure)
    _check_words(reason, person_wish)
    shown = selectors.options_of(case, version, clock.today())
    option = next((option for option in shown if option.measure == measure), None)
    if option is None:
        raise ChoiceRefused("not_offered", ("measure",))
    barriers = rules.barriers(option, known.measure(measure).depth)
    overridden = _check_barriers(known, barriers, overrides or {}, acknowledged=unknowns_acknowledged)
    choice = Choice.objects.create(
        case=case,
        mapping_version=version,
        number=newest.number + 1 if newest else 1,
        measure=measure,
        chain=chain,
        reason=reason.strip(),
        person_wish=person_wish.strip(),
        person_wish_measure=person_wish_measure,
        agrees_with_person=agrees_with_person,
        waiting_for=waiting_for,
        proposal=proposal.to_data(shown),
        differs_from_proposal=_differs(shown, measure, chain),
        overridden_warnings=overridden,
        unknowns_acknowledged=[key_of(verdict) for verdict in barriers.unknowns],
        catalogue_version=known.version,
        decided_on=clock.today(),
        decided_by=actor.account_id,
    )
    _record(actor, choice, option, shown, version)
    return choice


def _record(
    actor: Viewer, choice: Choice, option: MeasureOption, shown: tuple[MeasureOption, ...], version: MappingVersion
) -> None:
    top = rules.top_proposal(shown)
    record(actor=actor, action="choice.decided", step="choice", case_id=choice.case_id,
           person_id=choice.case.person_id, object_kind="choice", object_id=choice.id,
           facts={"measure": choice.measure, "chain": choice.chain, "mapping_version": version.number,
                  "answer": option.verdict.answer.value, "proposed": top.measure if top else "",
                  "differs": choice.differs_from_proposal, "agrees_with_person": choice.agrees_with_person,
                  "wish": choice.person_wish_measure, "waiting_for": choice.waiting_for,
                  "overridden": [kept["rule"] for kept in choice.overridden_warnings],
                  "unknown": choice.unknowns_acknowledged})  # fmt: skip


def _confirmed(case: Case) -> MappingVersion:
    version = confirmed_version_of(case)
    if version is None:
        raise ChoiceRefused("not_confirmed")
    return version


def _check_seen(case: Case, seen: UUID | str | None) -> Choice | None:
    newest = Choice.objects.select_for_update().filter(case=case).order_by("-number").first()
    if seen not in {ANY, newest.id if newest else None}:
        raise ChoiceRefused("changed_meanwhile")
    return newest


def _check_codes(known: Catalogue, measure: str, chain: str, waiting_for: str, wish: str) -> None:
    if measure not in known.measures:
        raise ChoiceRefused("unknown_measure", ("measure",))
    if wish and wish not in known.measures:
        raise ChoiceRefused("unknown_measure", ("person_wish_measure",))
    chains = known.measure(measure).chains
    if (chain not in chains) if chains else bool(chain):
        raise ChoiceRefused("unknown_chain", ("chain",))
    if waiting_for and (waiting_for not in known.measures or waiting_for == measure):
        raise ChoiceRefused("waiting_for", ("waiting_for",))


def _check_words(reason: str, person_wish: str) -> None:
    if not reason.strip():
        raise ChoiceRefused("no_reason", ("reason",))
    for field, words in (("reason", reason), ("person_wish", person_wish)):
        if words_problem(words):
            raise ChoiceRefused("words", (field,))


def _check_barriers(
    known: Catalogue, barriers: Barriers, overrides: Mapping[str, str], *, acknowledged: bool
) -> list[dict[str, str]]:
    if barriers.stops:
        raise ChoiceRefused("stopped", _keys(barriers.stops))
    missing = tuple(
        key for key in _keys(barriers.warnings) if not known.has_code("override_reason", overrides.get(key, ""))
    )
    if missing:
        raise ChoiceRefused("not_overridden", missing)
    if barriers.unknowns and not acknowledged:
        raise ChoiceRefused("not_acknowledged", _keys(barriers.unknowns))
    return [{"rule": key, "reason": overrides[key]} for key in _keys(barriers.warnings)]


def _keys(verdicts: tuple[Verdict, ...]) -> tuple[str, ...]:
    return tuple(key_of(verdict) for verdict in verdicts)


def _differs(shown: tuple[MeasureOption, ...], measure: str, chain: str) -> bool:
    """Whether the decision is another measure, or another chain, than the one proposed first."""
    top = rules.top_proposal(shown)
    if top is None:
        return True
    best = top.best_chain
    return top.measure != measure or bool(chain and best and best.chain != chain)

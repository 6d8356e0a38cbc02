"""The only readers of choices and options. Each asks the policy before it answers."""

from datetime import date
from uuid import UUID

from springbrett import catalogue
from springbrett.access.policy import Action
from springbrett.access.roles import Viewer
from springbrett.access.selectors import account_names
from springbrett.choice import chaining, placements, rules
from springbrett.choice.models import Choice
from springbrett.choice.records import ChainView, MeasureOption
from springbrett.kernel import clock
from springbrett.mapping import selectors as mapping_selectors
from springbrett.mapping.models import MappingVersion
from springbrett.people.models import Case
from springbrett.people.selectors import case_for


def choice_for(viewer: Viewer, case_id: UUID) -> Choice | None:
    """The choice that counts, the newest; None before the first. Raises Denied, CaseNotFound."""
    return newest_choice(case_for(viewer, case_id, Action.SEE_CASE))


def choices_for(viewer: Viewer, case_id: UUID) -> tuple[tuple[Choice, str], ...]:
    """Every choice with who made it, newest first. Raises Denied, CaseNotFound."""
    return choices_of(case_for(viewer, case_id, Action.SEE_CASE))


def choices_of(case: Case) -> tuple[tuple[Choice, str], ...]:
    """Every choice with who made it, newest first, of a case the caller has already been let in to."""
    found = list(Choice.objects.filter(case=case).defer("proposal").order_by("-number"))
    names = account_names({choice.decided_by for choice in found})
    return tuple((choice, names.get(choice.decided_by, "")) for choice in found)


def choice_of(case: Case, number: int) -> Choice | None:
    """One choice by its number, of a case the caller has already been let in to."""
    return Choice.objects.filter(case=case, number=number).first()


def newest_choice(case: Case) -> Choice | None:
    """The choice that counts, of a case the caller has already been let in to."""
    return Choice.objects.filter(case=case).order_by("-number").first()


def options_for(viewer: Viewer, case_id: UUID, on: date | None = None) -> tuple[MeasureOption, ...]:
    """Every measure weighed for the person by the newest confirmed mapping, or the open one before the first.

    Raises Denied, CaseNotFound, NoMapping.
    """
    case = case_for(viewer, case_id, Action.SEE_MAPPING)
    version = mapping_selectors.confirmed_version_of(case) or mapping_selectors.newest_version_of(case)
    if version is None:
        raise mapping_selectors.NoMapping("the case has no mapping yet")
    return options_of(case, version, on or clock.today())


def options_of(case: Case, version: MappingVersion, on: date) -> tuple[MeasureOption, ...]:
    """The options by one version of the mapping, of a case the caller has already been let in to."""
    return weighed(case, version, on)[0]


def weighed(case: Case, version: MappingVersion, on: date) -> tuple[tuple[MeasureOption, ...], ChainView]:
    """The options, and what has been and may come next, of a case the caller has already been let in to."""
    profile, known = mapping_selectors.profile_of(case, version), catalogue.load()
    stays = placements.stays_of(case.person_id)
    found = rules.options(profile, known, on, stays=stays)
    return found, chaining.chain_view(stays, on, known, profile.facts(on))


def chain_of(case: Case, on: date) -> tuple[tuple[MeasureOption, ...], ChainView]:
    """The options, and what has been and may come next, by the newest confirmed mapping; no options without one.

    For a case the caller has already been let in to.
    """
    version = mapping_selectors.confirmed_version_of(case)
    if version:
        return weighed(case, version, on)
    return (), chaining.chain_view(placements.stays_of(case.person_id), on, catalogue.load(), {})

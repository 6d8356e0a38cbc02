"""Checks across files: codes that are referred to exist, texts are there in three languages, dates are in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from springbrett.catalogue.base import LANGUAGES, Base, Dated, Text
from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.chains import Chain, Evidence
from springbrett.catalogue.codelists import REQUIRED_LISTS, Adaptation, BudgetGroup, Demand, Occupation
from springbrett.catalogue.condition_checks import check_condition
from springbrett.catalogue.conditions import Condition
from springbrett.catalogue.errors import Problem
from springbrett.catalogue.limit_checks import check_limits, known_codes
from springbrett.catalogue.measures import Measure
from springbrett.catalogue.money_checks import check_money

EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 1, 1)

SINGLE = ("valid", "min_age", "max_age", "needs_levels", "durations", "seasons", "last_days", "attaches_to",
          "employment", "subsidies", "reviews", "appeals")  # fmt: skip
"""The dated values of a measure of which one holds at a time."""
CODED = ("target_group", "requires_first", "combinations", "funding", "reports", "rules", "practice")
"""Those that hold side by side, told apart by their code."""
IN_AGREEMENT = ("content_required", "clauses", "questions", "start_window")
"""Those of the measure's agreement."""

Complain = Callable[[str, str, object, str, str], None]


def cross_check(catalogue: Catalogue, found: list[Problem]) -> None:
    """Appends every problem between entries to `found`."""

    def complain(file: str, key: str, value: object, allowed: str, message: str) -> None:
        found.append(Problem(file, key, value, allowed, message))

    for name in REQUIRED_LISTS:
        if not catalogue.lists.get(name):
            complain(f"codes/{name}.toml", "-", None, "at least one [[code]]", "the code list is missing or empty")
    for file, entry in _all_entries(catalogue):
        _check_tree(catalogue, file, "", entry, complain)
    for measure in catalogue.measures.values():
        _check_measure(catalogue, measure, complain)
    for chain in catalogue.chains.values():
        _check_chain(catalogue, chain, complain)
    _check_lists(catalogue, complain)
    _check_evidence(catalogue, complain)
    for rate in catalogue.rates.values():
        _check_series(f"rates ({rate.code})", "values", rate.values, complain)
    for setting in catalogue.house.values():
        _check_series(f"house ({setting.code})", "values", setting.values, complain)


def _all_entries(catalogue: Catalogue) -> Iterator[tuple[str, Base]]:
    yield from ((f"measures/{code}.toml", entry) for code, entry in catalogue.measures.items())
    yield from ((f"chains/{code}.toml", entry) for code, entry in catalogue.chains.items())
    for name, entries in catalogue.lists.items():
        yield from ((f"{name}.toml ({code})", entry) for code, entry in entries.items())
    yield from ((f"house ({code})", entry) for code, entry in catalogue.house.items())
    yield from ((f"rates ({code})", entry) for code, entry in catalogue.rates.items())
    yield from ((f"evidence.toml ({code})", entry) for code, entry in catalogue.evidence.items())


def _check_tree(catalogue: Catalogue, file: str, key: str, entry: object, complain: Complain) -> None:
    """Walks an entry: texts complete, dates in range, references known."""
    if isinstance(entry, Text):
        for language in LANGUAGES:
            if not entry.get(language).strip():
                complain(file, f"{key}.{language}".lstrip("."), "", "a text", f"the text is missing in {language}")
        return
    if isinstance(entry, Dated):
        _check_dated(catalogue, file, key, entry, complain)
    if isinstance(entry, Condition):
        check_condition(catalogue, file, key, entry, complain)
    if isinstance(entry, Base):
        for name in entry.__struct_fields__:
            _check_tree(catalogue, file, f"{key}.{name}".lstrip("."), getattr(entry, name), complain)
    elif isinstance(entry, tuple):
        for position, item in enumerate(entry):
            if isinstance(item, Base | tuple):
                code = getattr(item, "code", "")
                label = f"{key}[{position}]" + (f" ({code})" if code else "")
                _check_tree(catalogue, file, label, item, complain)


def _check_dated(catalogue: Catalogue, file: str, key: str, entry: Dated, complain: Complain) -> None:
    if not EARLIEST <= entry.from_ <= LATEST:
        complain(file, f"{key}.from".lstrip("."), entry.from_, f"{EARLIEST} to {LATEST}", "the date is out of range")
    if entry.to is not None and entry.to < entry.from_:
        complain(file, f"{key}.to".lstrip("."), entry.to, f"{entry.from_} or later", "the value ends before it starts")
    if entry.act not in catalogue.lists.get("act", {}):
        known = ", ".join(catalogue.lists.get("act", {}))
        complain(file, f"{key}.ref".lstrip("."), entry.ref, f'"ACT § SECTION", ACT one of {known}', "unknown source")


def _check_series(file: str, key: str, values: Sequence[Dated], complain: Complain) -> None:
    """Values of one kind stand in the order of their dates and never overlap."""
    for earlier, later in pairwise(values):
        if later.from_ <= earlier.from_:
            complain(file, f"{key}.from", later.from_, f"a date after {earlier.from_}", "the dates are out of order")
        elif earlier.to is not None and later.from_ <= earlier.to:
            complain(file, f"{key}.from", later.from_, f"a date after {earlier.to}", "the periods overlap")


def _check_measure(catalogue: Catalogue, measure: Measure, complain: Complain) -> None:
    file = f"measures/{measure.code}.toml"
    for name in SINGLE:
        _check_series(file, name, getattr(measure, name), complain)
    for note in measure.practice:
        if note.about:
            topic = note.about.partition(".")[0]
            known_codes(file, f"practice.about ({note.code})", (topic,), (*SINGLE, *CODED, *IN_AGREEMENT), complain)
    for name in CODED:
        _check_coded_series(file, name, getattr(measure, name), complain)
    for basis in measure.legal_basis:
        known_codes(file, "legal_basis.act", (basis.act,), catalogue.lists.get("act", {}), complain)
    for limit in measure.needs_levels:
        known_codes(file, "needs_levels.levels", limit.levels, catalogue.lists["needs_level"], complain)
    for name in measure.related.__struct_fields__:
        known_codes(file, f"related.{name}", getattr(measure.related, name), catalogue.measures, complain)
    known_codes(file, "chains", measure.chains, catalogue.chains, complain)
    known_codes(file, "reports.code", (duty.code for duty in measure.reports), catalogue.lists["report_kind"], complain)
    check_limits(catalogue, measure, file, complain)
    check_money(catalogue, measure, file, complain)
    _check_agreement(catalogue, measure, file, complain)


def _check_coded_series(file: str, key: str, values: Sequence[Dated], complain: Complain) -> None:
    by_code: dict[str, list[Dated]] = {}
    for value in values:
        by_code.setdefault(getattr(value, "code", ""), []).append(value)
    for code, series in by_code.items():
        _check_series(file, f"{key} ({code})", series, complain)


def _check_agreement(catalogue: Catalogue, measure: Measure, file: str, complain: Complain) -> None:
    rules = measure.agreement
    if rules is None:
        if measure.depth == "full":
            complain(file, "agreement", None, "an [agreement] table", "a measure in full depth needs agreement rules")
        return
    parties = catalogue.lists["party"]
    known_codes(file, "agreement.parties", rules.parties, parties, complain)
    known_codes(file, "agreement.last_to_approve", (rules.last_to_approve,), rules.parties, complain)
    for part, cleared in rules.clears.items():
        known_codes(file, f"agreement.clears.{part}", cleared, rules.parties, complain)
    known_codes(file, "agreement.parts", rules.parts, rules.clears, complain)
    asked = (question.code for question in rules.questions)
    known_codes(file, "agreement.questions.code", asked, catalogue.lists["circumstance"], complain)
    for required in rules.content_required:
        known_codes(file, "agreement.content_required.fields", required.fields, rules.clears, complain)
    _check_series(file, "agreement.content_required", rules.content_required, complain)
    _check_series(file, "agreement.start_window", rules.start_window, complain)
    _check_coded_series(file, "agreement.clauses", rules.clauses, complain)
    _check_coded_series(file, "agreement.questions", rules.questions, complain)


def _check_chain(catalogue: Catalogue, chain: Chain, complain: Complain) -> None:
    file = f"chains/{chain.code}.toml"
    known_codes(file, "measure", (chain.measure,), catalogue.measures, complain)
    known_codes(file, "purpose", (chain.purpose,), catalogue.lists["purpose"], complain)
    for name in ("desired_outcomes", "legitimate_branches"):
        known_codes(file, name, getattr(chain, name), catalogue.lists["outcome"], complain)
    for name in ("fallbacks", "near_alternatives", "supporting"):
        known_codes(file, name, getattr(chain, name), catalogue.measures, complain)
    known_codes(file, "evidence", chain.evidence, catalogue.evidence, complain)
    both = set(chain.desired_outcomes) & set(chain.legitimate_branches)
    for code in sorted(both):
        complain(file, "legitimate_branches", code, "codes that are not desired outcomes", "the outcome stands in both")
    typical = chain.typical
    if typical.months_max < typical.months_min:
        least = f"{typical.months_min} or more"
        complain(file, "typical.months_max", typical.months_max, least, "the longest is shorter than the shortest")


def _check_lists(catalogue: Catalogue, complain: Complain) -> None:
    for code in catalogue.lists["circumstance"]:
        if code in catalogue.lists["fact"]:
            key = f"code ({code})"
            complain("codes/circumstance.toml", key, code, "a code that is no fact", "the code is a fact's already")
    for purpose in catalogue.purposes:
        known_codes("codes/purpose.toml", f"chains ({purpose.code})", purpose.chains, catalogue.chains, complain)
    for entry in catalogue.codes("demand") if catalogue.lists.get("demand") else ():
        if isinstance(entry, Demand):
            file = "codes/demand.toml"
            known_codes(file, f"adaptations ({entry.code})", entry.adaptations, catalogue.lists["adaptation"], complain)
    for entry in catalogue.codes("occupation") if catalogue.lists.get("occupation") else ():
        if isinstance(entry, Occupation):
            file = "codes/occupation.toml"
            known_codes(file, f"industries ({entry.code})", entry.industries, catalogue.lists["industry"], complain)
            known_codes(file, f"demands ({entry.code})", entry.demands, catalogue.lists["demand"], complain)
    _check_groups(catalogue, complain)
    _check_budget_groups(catalogue, complain)


def _check_groups(catalogue: Catalogue, complain: Complain) -> None:
    """Every adaptation is reachable from a demand, so that a need can always be turned into an arrangement."""
    reached = {code for entry in catalogue.codes("demand") if isinstance(entry, Demand) for code in entry.adaptations}
    for entry in catalogue.codes("adaptation"):
        if isinstance(entry, Adaptation) and entry.code not in reached:
            complain("codes/adaptation.toml", entry.code, None, "adaptations named by a demand", "no demand names it")


def _check_budget_groups(catalogue: Catalogue, complain: Complain) -> None:
    """A measure draws on one budget, so it stands in one group only."""
    file, seen = "codes/budget_group.toml", set[str]()
    for entry in catalogue.codes("budget_group") if catalogue.lists.get("budget_group") else ():
        if isinstance(entry, BudgetGroup):
            known_codes(file, f"measures ({entry.code})", entry.measures, catalogue.measures, complain)
            for code in sorted(seen.intersection(entry.measures)):
                complain(file, f"measures ({entry.code})", code, "measures of no other group", "it is in two groups")
            seen.update(entry.measures)


def _check_evidence(catalogue: Catalogue, complain: Complain) -> None:
    replaced = [old.code for measure in catalogue.measures.values() for old in measure.replaces]
    for entry in catalogue.evidence.values():
        _check_size(entry, complain)
        known_codes(
            f"evidence.toml ({entry.code})", "about", (entry.about,), [*catalogue.measures, *replaced], complain
        )


def _check_size(entry: Evidence, complain: Complain) -> None:
    """A figure stands with its interval, its unit and what the design can carry, or there is no figure."""
    file = f"evidence.toml ({entry.code})"
    if entry.size is None:
        if entry.interval is not None:
            complain(file, "interval", entry.interval, "a size with it", "an interval needs the size it is around")
        return
    if entry.interval is None or not entry.interval[0] <= entry.size <= entry.interval[1]:
        complain(file, "interval", entry.interval, "two numbers with the size between", "the size lacks its interval")
    if not entry.unit:
        complain(file, "unit", entry.unit, "share, NOK or hours", "nobody can tell what the size is counted in")
    if not entry.design_strength:
        complain(file, "design_strength", "", "strong, moderate or weak", "how much can its design carry?")

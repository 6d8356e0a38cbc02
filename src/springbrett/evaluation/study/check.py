"""`springbrett study check FILE`: everything that can be wrong with a study file, each with key, value and remedy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
import tomli

from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.errors import Problem
from springbrett.catalogue.loader import explain, load, parse
from springbrett.evaluation.costs.prices import price_kinds
from springbrett.evaluation.effects.registry import Estimator, estimators
from springbrett.evaluation.outcomes.definitions import DefinitionError, Outcome, assure, load_outcomes
from springbrett.evaluation.registers.layout import LAYOUT
from springbrett.evaluation.report.words import labels
from springbrett.evaluation.simulate.world import norway, single_numbers
from springbrett.evaluation.study.cost_ranges import HOURS, RULES
from springbrett.evaluation.study.designs import Complain, Design, designs, usable
from springbrett.evaluation.study.leaving import METHODS
from springbrett.evaluation.study.limits import check_limits
from springbrett.evaluation.study.protocol import Costs, Method, Protocol, With
from springbrett.evaluation.study.wording import in_words, meant, not_utf8

SHIPPED = Path(__file__).parent.parent / "studies"
MOST_SUBGROUPS = 12


class StudyError(ValueError):
    """A study file cannot be used. `problems` holds every problem found."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


def find(name: str) -> Path:
    """The file of a study: a path, or the name of a shipped one. Raises StudyError with the names there are."""
    given = Path(name)
    if given.suffix == ".toml" or given.is_file():
        return given
    shipped = SHIPPED / f"{name}.toml"
    if shipped.exists():
        return shipped
    raise StudyError((Problem(name, "-", None, f"a file, or one of {', '.join(shipped_names())}", "no such study"),))


def shipped_names() -> list[str]:
    """The names of the studies that come with the program."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def read_protocol(path: Path) -> Protocol:
    """The protocol of a file, checked. Raises StudyError with every problem."""
    protocol, problems = problems_of(path)
    if problems or protocol is None:
        raise StudyError(tuple(problems))
    return protocol


def outcomes_of(protocol: Protocol, path: Path) -> dict[str, Outcome]:
    """The definitions the study may use: the shipped ones, and its own over them. Raises DefinitionError."""
    own = load_outcomes(path.parent / protocol.outcomes.own) if protocol.outcomes.own else {}
    return {**load_outcomes(), **own}


def problems_of(path: Path) -> tuple[Protocol | None, list[Problem]]:
    """The protocol as far as it can be read, and everything that is wrong with it."""
    name = path.name
    if not path.is_file():
        return None, [Problem(str(path), "-", None, "a file; write one with: springbrett study new NAME", "no file")]
    try:
        content = path.read_bytes()
        raw = parse(content.decode("utf-8-sig"))
    except tomli.TOMLDecodeError as error:
        return None, [Problem(name, "the file", None, "TOML 1.0 in UTF-8", f"it cannot be read: {error}")]
    except UnicodeDecodeError as error:
        return None, [Problem(name, "the file", None, "TOML 1.0 in UTF-8", not_utf8(content, error))]
    try:
        protocol = msgspec.convert(raw, Protocol, builtin_types=(dt.datetime, dt.date, dt.time))
    except msgspec.ValidationError as error:
        return None, [in_words(explain(name, "", raw, Protocol, str(error)))]
    found: list[Problem] = []

    def complain(key: str, value: object, allowed: str, message: str) -> None:
        found.append(Problem(name, key, value, allowed, message))

    check_limits(protocol, complain)
    _check_frame(protocol, path, complain)
    _check_population(protocol, load(), complain)
    known = _check_outcomes(protocol, path, complain)
    design = _check_design(protocol, load(), complain)
    if design is not None:
        _check_estimators(protocol, design, complain)
    _check_groups(protocol, complain)
    _check_parts(protocol, known, complain)
    _check_costs(protocol, complain)
    return protocol, found


def _check_frame(protocol: Protocol, path: Path, complain: Complain) -> None:
    if protocol.name != path.stem:
        complain("name", protocol.name, f'"{path.stem}"', "the name is not the file's name")
    if protocol.minimum_cell < 1:
        complain("minimum_cell", protocol.minimum_cell, "a whole number from 1", "there is no such cell")
    if protocol.seed < 0:
        complain("seed", protocol.seed, "a whole number from 0", "a seed cannot be negative")
    data = protocol.data
    if data.folder and not (path.parent / data.folder).is_dir():
        complain("data.folder", data.folder, "a folder of registers, or leave it out and name one with --registers",
                 "the folder does not exist")  # fmt: skip
    if data.simulate and (data.simulate.persons < 100 or data.simulate.years < 1):
        complain("data.simulate", data.simulate.persons, "at least 100 persons and 1 year", "too little to study")
    if data.simulate:
        _check_numbers(data.simulate.numbers, complain)
    catalogue = load()
    _known("evidence_chain", _some(protocol.evidence_chain), catalogue.chains, complain)
    _known("evidence_about", _some(protocol.evidence_about), catalogue.measures, complain)


def _check_numbers(numbers: Mapping[str, Mapping[str, float]], complain: Complain) -> None:
    """What a study sets otherwise in Simulated Norway: numbers there are, and counts that are counts."""
    known = single_numbers(norway())
    for section, wanted in numbers.items():
        key = f"data.simulate.numbers.{section}"
        _known(key, [f"{section}.{name}" for name in wanted], known, complain)
        for name, value in wanted.items():
            counts = isinstance(known.get(f"{section}.{name}"), int)
            if counts and (value < 1 or value != int(value)):
                complain(f"{key}.{name}", value, "a whole number from 1", "nobody would be there")
    people = norway().people | dict(numbers.get("people", {}))
    if people["offices"] < people["trial_offices"]:
        complain("data.simulate.numbers.people.offices", people["offices"], f"{people['trial_offices']} or more",
                 "some of them are in the trial of offices")  # fmt: skip


def _check_population(protocol: Protocol, catalogue: Catalogue, complain: Complain) -> None:
    who = protocol.population
    if not who.measures:
        complain("population.measures", None, "at least one code of a measure", "no measure is named")
    _known("population.measures", who.measures, catalogue.measures, complain)
    _known("population.purposes", who.purposes, catalogue.lists["purpose"], complain)
    levels = LAYOUT["needs_levels"].column("needs_level").codes
    _known("population.needs_levels", who.needs_levels, levels, complain)
    if who.last_start < who.first_start:
        complain(
            "population.last_start", who.last_start, f"{who.first_start} or later", "the window ends before it begins"
        )
    if who.age_to < who.age_from:
        complain("population.age_to", who.age_to, f"{who.age_from} or more", "nobody has such an age")


def _check_design(protocol: Protocol, catalogue: Catalogue, complain: Complain) -> Design | None:
    """The design, when there is one, with its own checks made: None when nothing more can be said of it."""
    held = protocol.comparison
    _known("comparison.control_measures", held.control_measures, catalogue.measures, complain)
    design = designs().get(held.design)
    if design is None:
        complain("comparison.design", held.design, ", ".join(designs()), "this design is not ready")
        return None
    plain = With(design=held.design)
    for name in With.__struct_fields__:
        value = getattr(held, name)
        if name != "design" and name not in design.with_fields and value != getattr(plain, name):
            right = " or ".join(code for code, each in designs().items() if name in each.with_fields)
            complain(f"comparison.{name}", value, f"leave it out, or comparison.design {right}",
                     f"{held.design} does not read it")  # fmt: skip
    design.check(protocol, complain)
    return design


def _check_outcomes(protocol: Protocol, path: Path, complain: Complain) -> dict[str, Outcome]:
    wanted = protocol.outcomes
    try:
        known = outcomes_of(protocol, path)
    except (DefinitionError, OSError) as error:
        why = "the file cannot be read" if isinstance(error, OSError) else str(error)
        complain("outcomes.own", wanted.own, "a file of definitions as in docs/how-to/write-a-study.md", why)
        known = load_outcomes()
    _known("outcomes.codes", wanted.codes, known, complain)
    _known("outcomes.headline", (wanted.headline,), wanted.codes, complain)
    if not 0 < wanted.month <= wanted.horizon:
        complain(
            "outcomes.month", wanted.month, f"1 to {wanted.horizon} (the horizon)", "the headline month is not followed"
        )
    if wanted.before < 0 or wanted.horizon < 1:
        complain("outcomes.before", wanted.before, "0 or more, and a horizon of 1 or more", "no months are asked for")
    if protocol.estimators and wanted.before == 0:
        complain("outcomes.before", 0, "1 or more", "the checks look at the time before the start")
    elif protocol.estimators and not wanted.before >= -protocol.gate.placebo_month > 0:
        complain("gate.placebo_month", protocol.gate.placebo_month, f"−{wanted.before} to −1",
                 "the paths do not hold the month")  # fmt: skip
    for code in wanted.codes:
        if code in known:
            _assure(known[code], complain)
    return known


def _assure(outcome: Outcome, complain: Complain) -> None:
    try:
        held = assure(outcome)
    except (DefinitionError, KeyError, ValueError) as error:
        complain(f"outcomes.codes ({outcome.code})", None, "a definition whose examples hold", str(error))
        return
    if not held:
        complain(f"outcomes.codes ({outcome.code})", None, "one example or more beside the definition",
                 "the definition has no example, so nobody can tell that it says what was meant")  # fmt: skip


def _check_estimators(protocol: Protocol, design: Design, complain: Complain) -> None:
    fed = [code for code, by in usable().items() if design.code in by]
    if not fed and protocol.estimators:
        complain("estimators", protocol.estimators[0].code, "none, or comparison.design not_yet_treated",
                 "this design has its own way of comparing")  # fmt: skip
    elif fed and not protocol.estimators:
        complain("estimators", None, ", ".join(fed), "a comparison needs an estimator")
    elif fed:
        for position, method in enumerate(protocol.estimators):
            _check_method(f"estimators[{position}]", method, design, complain)
    known = labels("covariate")
    _known("adjustment", protocol.adjustment, known, complain)


def _check_method(key: str, method: Method, design: Design, complain: Complain) -> None:
    known, by = estimators(), usable()
    fed = ", ".join(code for code in by if design.code in by[code])
    if method.code not in known:
        complain(f"{key}.code", method.code, fed, "there is no such estimator")
        return
    entry = known[method.code]
    if not design.feeds(entry):
        others = by.get(method.code, ())
        instead = f"; {method.code} with comparison.design {' or '.join(others)}" if others else ""
        complain(f"{key}.code", method.code, f"{fed}{instead}",
                 f"it needs {', '.join(entry.needs)}, which {design.code} does not make")  # fmt: skip
        return
    offered = [estimand.value for estimand in entry.estimands]
    if method.estimand and method.estimand not in offered:
        complain(f"{key}.estimand", method.estimand, ", ".join(offered), f"{method.code} does not estimate it")
    _check_options(f"{key}.options", method, entry, complain)


def _check_options(key: str, method: Method, entry: Estimator, complain: Complain) -> None:
    for name, value in method.options.items():
        if name not in entry.options:
            complain(
                f"{key}.{name}", value, ", ".join(entry.options) or "no options", f"{method.code} has no such option"
            )
            continue
        allowed = entry.options[name]
        if allowed is not None and value not in allowed:
            complain(f"{key}.{name}", value, ", ".join(map(str, allowed)), "the option cannot be so")


def _check_groups(protocol: Protocol, complain: Complain) -> None:
    codes = [group.code for group in protocol.subgroups]
    if len(codes) > MOST_SUBGROUPS:
        complain(
            "subgroups", len(codes), f"at most {MOST_SUBGROUPS}", "so many groups cannot be told apart from chance"
        )
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        complain("subgroups.code", code, "each code once", "the code stands twice")
    known, purposes = labels("covariate"), load().lists["purpose"]
    for position, group in enumerate(protocol.subgroups):
        key = f"subgroups[{position}] ({group.code})"
        _known(f"{key}.where.covariate", (condition.covariate for condition in group.where), known, complain)
        _known(f"{key}.purposes", group.purposes, purposes, complain)
        if not group.where and not group.purposes:
            complain(key, None, "where or purposes", "the group is everybody")


def _check_parts(protocol: Protocol, known: dict[str, Outcome], complain: Complain) -> None:
    wanted = protocol.outcomes
    if protocol.providers:
        part = protocol.providers
        _known("providers.outcome", (part.outcome,), wanted.codes, complain)
        if not 0 < part.target < 1:
            complain("providers.target", part.target, "a share between 0 and 1", "the target is not a share")
        if not 0 < part.month <= wanted.horizon:
            complain("providers.month", part.month, f"1 to {wanted.horizon}", "the month is not followed")
    if protocol.durations:
        exits = protocol.durations.exits
        _known("durations.exits", exits, wanted.codes, complain)
        for code in exits:
            if code in known and known[code].unit != "share":
                complain("durations.exits", code, "outcomes that are yes or no", "an amount is no way out")
        _check_leaving(protocol, complain)


def _check_leaving(protocol: Protocol, complain: Complain) -> None:
    part = protocol.durations
    assert part is not None
    _known("durations.methods", part.methods, METHODS, complain)
    drawn = [code for code, design in designs().items() if design.drawn]
    if part.methods and protocol.comparison.design not in drawn:
        complain("durations.methods", part.methods[0], f"comparison.design {' or '.join(drawn)}, or leave it out",
                 "there is nobody to compare the ways out with")  # fmt: skip
    if not 0 < part.month <= protocol.outcomes.horizon:
        complain("durations.month", part.month, f"1 to {protocol.outcomes.horizon}", "the month is not followed")


def _check_costs(protocol: Protocol, complain: Complain) -> None:
    costs = protocol.costs
    if costs is None:
        return
    drawn = [code for code, design in designs().items() if design.drawn]
    if protocol.comparison.design not in drawn:
        complain("costs", None, f"comparison.design {' or '.join(drawn)}", "costs need somebody to compare with")
    for name in ("in_work", "wage", "benefits"):
        if name not in protocol.outcomes.codes:
            complain("outcomes.codes", None, f"{name} among the codes", "costs are counted from work, pay and benefits")
    known = price_kinds()
    for position, line in enumerate(costs.prices):
        _known(f"costs.prices[{position}].code", (line.code,), known, complain)
        if line.amount < 0 or (line.code in known and known[line.code].unit == "share" and line.amount > 1):
            complain(f"costs.prices[{position}] ({line.code}).amount", line.amount, "0 or more, and a share at most 1",
                     "the price cannot be so; a share is written 0.04 for 4 %")  # fmt: skip
    for name in HOURS:
        if getattr(costs, name) < 0:
            complain(f"costs.{name}", getattr(costs, name), "0 or more", "hours are not negative")
    if costs.draws < 100:
        complain("costs.draws", costs.draws, "100 or more", "so few draws tell no interval")
    _check_horizons(costs, protocol.outcomes.horizon, complain)
    _check_ranges(costs, complain)


def _check_horizons(costs: Costs, seen: int, complain: Complain) -> None:
    for month in costs.horizons:
        if month <= seen:
            complain("costs.horizons", month, f"more than {seen}, which the registers are followed to",
                     "an account is carried on only beyond what is seen")  # fmt: skip
    if costs.horizons and costs.fade is None:
        complain("costs.fade", None, "0 to 1: the share of the difference that is lost each year",
                 "how a difference goes on is an assumption, and must be said")  # fmt: skip
    if costs.fade is not None and not 0 <= costs.fade <= 1:
        complain("costs.fade", costs.fade, "0 to 1", "it is the share of the difference that is lost each year")


def _check_ranges(costs: Costs, complain: Complain) -> None:
    kinds = price_kinds()
    for position, line in enumerate(costs.ranges):
        key = f"costs.ranges[{position}]"
        _known(f"{key}.code", (line.code,), (*kinds, *RULES, *HOURS), complain)
        share = line.code in RULES or (line.code in kinds and kinds[line.code].unit == "share")
        if not 0 <= line.low < line.high or (share and line.code != "production_share" and line.high > 1):
            complain(f"{key} ({line.code})", f"{line.low:g} to {line.high:g}",
                     "low under high, neither negative, and a share at most 1", "it is no range")  # fmt: skip


def _known(key: str, values: Iterable[str], known: Iterable[str], complain: Complain) -> None:
    there = list(known)
    for value in values:
        if value not in there:
            complain(key, value, ", ".join(there), f"there is no such code{meant(value, there)}")


def _some(code: str) -> tuple[str, ...]:
    return (code,) if code else ()

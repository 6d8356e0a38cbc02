"""Whether each stay reached what its own chain is meant to lead to, as far as registers can tell.

Registers show jobs, subsidies, education, measures, benefits and needs levels. They do not show better Norwegian, a
stronger CV or a clarified health: a chain that aims for those is not counted as missed, but as not told.
Clarification counts as what it is: reached where the chain aims for it, and a legitimate branch where it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from springbrett.catalogue.chains import Chain
from springbrett.evaluation.cohort import Population
from springbrett.evaluation.effects.records import CannotEstimate, Flags, Ints
from springbrett.evaluation.outcomes.definitions import intervals_of, load_outcomes
from springbrett.evaluation.outcomes.intervals import Intervals, ordered
from springbrett.evaluation.outcomes.paths import Window, lasting, stay_paths
from springbrett.evaluation.registers.read import about

WITHIN, LATER, OF, HOLDS = 6, 12, 6, 5
"""Months after the end in which an outcome counts; the month after the end from which development is looked for, over
how many months, and in how many of them it must hold."""

TOLD = ("job_same_employer", "job_elsewhere", "wage_subsidy", "apprenticeship", "education", "clarified_disability",
        "clarified_work_capacity", "other_measure", "new_placement")  # fmt: skip
"""Outcomes of the catalogue that registers can tell, the strongest first: a stay's destination is the first it has."""
NONE_SEEN = "none_seen"
VERDICTS = ("desired", "branch", "not_told", "not_reached", "no_chain")
SUBSIDIES = ("midlertidig_lonnstilskudd", "varig_lonnstilskudd", "sommerjobb", "firearig_lonnstilskudd",
             "aap_som_lonnstilskudd")  # fmt: skip
APPRENTICE = ("fag_og_yrkesopplaering", "tilrettelagt_fagopplaering")


@dataclass(frozen=True, slots=True)
class ChainResults:
    """n finished stays: `chain` ("" unknown), `purpose`, `reached` (n × outcomes in the order of TOLD), `destination`
    (position in TOLD; len(TOLD) none seen), `verdict` (position in VERDICTS), `development` (bool). `left_out`: stays
    that still run, or whose time after the end the registers do not cover."""

    chain: np.ndarray
    purpose: np.ndarray
    reached: Flags
    destination: Ints
    verdict: Ints
    development: Flags
    left_out: int


def chain_results(
    registers: Mapping[str, pa.Table], population: Population, chains: Mapping[str, Chain], last_known: int
) -> ChainResults:  # fmt: skip
    """The results of the stays of a population. `last_known`: last absolute month the registers cover.

    Raises CannotEstimate("empty_group") when no stay has ended early enough.
    """
    spells = _stays(registers["spells"], population)
    end = _months(spells["end"], last_known + 1)
    followed = end + LATER + OF <= last_known
    left_out = int((~followed).sum())
    spells, end = spells.filter(pa.array(followed)), end[followed]
    if not spells.num_rows:
        raise CannotEstimate("empty_group", "no stay has ended early enough to be followed afterwards")
    registers = about(registers, _whole(spells["person"]))
    reached = _reached(registers, spells, end, last_known)
    found = np.where(reached.any(axis=1), reached.argmax(axis=1), len(TOLD))
    chain = _texts(spells["chain"])
    return ChainResults(chain, _texts(spells["purpose"]), reached, found, _verdicts(chain, reached, chains),
                        _development(registers, spells, end, last_known), left_out)  # fmt: skip


def _stays(spells: pa.Table, population: Population) -> pa.Table:
    start = _months(spells["start"], 0)
    inside = (start >= population.first_month) & (start <= population.last_month)
    keep = pc.and_(pc.is_in(spells["measure"], pa.array(list(population.measures))), pa.array(inside))
    if population.purposes:
        keep = pc.and_(keep, pc.fill_null(pc.is_in(spells["purpose"], pa.array(list(population.purposes))), False))
    return spells.filter(keep)


def _reached(registers: Mapping[str, pa.Table], spells: pa.Table, end: Ints, last_known: int) -> Flags:
    """Stays × TOLD: each outcome seen in the months after the end."""
    person, start = _whole(spells["person"]), _months(spells["start"], 0)
    same, elsewhere = _jobs(registers["employment"], person, _whole_or(spells["employer"], -1), end)
    begun = _begun(registers["spells"], person, end, spells, start)
    subsidised = _in(registers, "wage_subsidy", person, end, last_known) | begun["subsidy"]
    told = {
        "job_same_employer": same, "job_elsewhere": elsewhere, "wage_subsidy": subsidised,
        "apprenticeship": begun["apprentice"], "education": _in(registers, "in_education", person, end, last_known),
        "clarified_disability": _disability(registers["benefits"], person, start, end),
        "clarified_work_capacity": _new_level(registers["needs_levels"], person, start, end),
        "other_measure": begun["other"], "new_placement": begun["same"],
    }  # fmt: skip
    return np.column_stack([told[code] for code in TOLD])


def _jobs(employment: pa.Table, person: Ints, employer: Ints, end: Ints) -> tuple[Flags, Flags]:
    """Ordinary work in the months after the end, with the employer of the stay and with another."""
    free = employment.filter(pc.invert(pc.fill_null(employment["subsidised"], False)))
    months = ordered(_whole(free["person"]), _whole(free["month_from"]), _whole(free["month_to"]),
                     _whole_or(free["employer"], -2).astype(np.float64))  # fmt: skip
    stay, which = _meeting(person, months, end + 1, end + WITHIN)
    assert months.weight is not None
    here = months.weight[which] == employer[stay]
    count = len(person)
    return (np.bincount(stay[here], minlength=count) > 0), (np.bincount(stay[~here], minlength=count) > 0)


def _meeting(person: Ints, months: Intervals, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Stay and interval of the same person that share a month from `first` to `last` of the stay."""
    low = np.searchsorted(months.person, person, "left")
    counts = np.searchsorted(months.person, person, "right") - low
    stay = np.repeat(np.arange(len(person)), counts)
    which = np.arange(len(stay)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(low, counts)
    meets = (months.first[which] <= last[stay]) & (months.last[which] >= first[stay])
    return stay[meets], which[meets]


def _in(registers: Mapping[str, pa.Table], code: str, person: Ints, end: Ints, last_known: int) -> Flags:
    months = intervals_of(load_outcomes()[code], registers, last_known)
    stay, _which = _meeting(person, months, end + 1, end + WITHIN)
    return np.bincount(stay, minlength=len(person)) > 0


def _begun(every: pa.Table, person: Ints, end: Ints, spells: pa.Table, start: Ints) -> dict[str, Flags]:
    """Which kinds of measure began after the stay did and within the months after its end."""
    began = _months(every["start"], 0)
    months = ordered(_whole(every["person"]), began, began, np.arange(every.num_rows, dtype=np.float64))
    stay, which = _meeting(person, months, start + 1, end + WITHIN)
    assert months.weight is not None
    measure = _texts(every["measure"])[months.weight[which].astype(np.int64)]
    own = _texts(spells["measure"])[stay]
    kinds = {"subsidy": np.isin(measure, SUBSIDIES) & (measure != own), "apprentice": np.isin(measure, APPRENTICE),
             "same": measure == own, "other": measure != own}  # fmt: skip
    return {name: np.bincount(stay[kind], minlength=len(person)) > 0 for name, kind in kinds.items()}


def _disability(benefits: pa.Table, person: Ints, start: Ints, end: Ints) -> Flags:
    """Disability benefit that began after the start."""
    paid = benefits.filter(pc.equal(benefits["benefit"], "disability_benefit"))
    first = _whole(paid["month_from"])
    stay, _which = _meeting(person, ordered(_whole(paid["person"]), first, first), start + 1, end + WITHIN)
    return np.bincount(stay, minlength=len(person)) > 0


def _new_level(levels: pa.Table, person: Ints, start: Ints, end: Ints) -> Flags:
    """A needs level decided after the start that differs from the one at the start."""
    codes = {code: number for number, code in enumerate(sorted(set(_texts(levels["needs_level"]).tolist())))}
    number = np.array([codes[code] for code in _texts(levels["needs_level"]).tolist()], np.float64)
    months = ordered(_whole(levels["person"]), _whole(levels["month_from"]), _whole(levels["month_to"]), number)
    assert months.weight is not None
    at_start = np.full(len(person), np.nan)
    stay, which = _meeting(person, months, start - 1, start)
    at_start[stay] = months.weight[which]
    stay, which = _meeting(person, months, start + 1, end + WITHIN)
    differs = (
        (months.weight[which] != at_start[stay]) & np.isfinite(at_start[stay]) & (months.first[which] > start[stay])
    )
    return np.bincount(stay[differs], minlength=len(person)) > 0


def _verdicts(chain: np.ndarray, reached: Flags, chains: Mapping[str, Chain]) -> Ints:
    out = np.full(len(chain), VERDICTS.index("no_chain"))
    position = {code: number for number, code in enumerate(TOLD)}
    for code in sorted(set(chain.tolist()) & set(chains)):
        entry, mine = chains[code], chain == code
        told = [position[c] for c in entry.desired_outcomes if c in position]
        allowed = [position[c] for c in entry.legitimate_branches if c in position]
        untold = len(told) < len(entry.desired_outcomes)
        rest = VERDICTS.index("not_told" if untold else "not_reached")
        branch = np.where(reached[:, allowed].any(axis=1), VERDICTS.index("branch"), rest)
        verdict = np.where(reached[:, told].any(axis=1), VERDICTS.index("desired"), branch)
        out[mine] = verdict[mine]
    return out


def _development(registers: Mapping[str, pa.Table], spells: pa.Table, end: Ints, last_known: int) -> Flags:
    """In work without a subsidy, or in education, in most months from a year after the end."""
    person, known = _whole(spells["person"]), load_outcomes()
    window = Window(int(end.min()), last_known, 0, LATER + OF)
    either = np.zeros((len(person), window.width))
    for code in ("in_work_without_subsidy", "in_education"):
        either = np.maximum(either, stay_paths(person, end, intervals_of(known[code], registers, last_known), window))
    return np.asarray(lasting(either, HOLDS, OF)[:, LATER] > 0)


def _whole(column: pa.ChunkedArray) -> Ints:
    return np.asarray(column.to_numpy(), np.int64)


def _whole_or(column: pa.ChunkedArray, missing: int) -> Ints:
    return _whole(pc.fill_null(column, missing))


def _texts(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(pc.fill_null(column, "").to_numpy(zero_copy_only=False), str)


def _months(column: pa.ChunkedArray, missing: int) -> Ints:
    days = column.to_numpy().astype("datetime64[M]")
    return np.where(np.isnat(days), missing, days.astype(np.int64) + 1970 * 12)

"""What the stages of a run share: the protocol, the registers, who is in the cohort and their outcome paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from springbrett.evaluation.cohort import Cohort, Population
from springbrett.evaluation.effects.comparison import Comparison
from springbrett.evaluation.effects.records import Flags, Floats, Ints
from springbrett.evaluation.outcomes.definitions import Outcome
from springbrett.evaluation.outcomes.paths import Window
from springbrett.evaluation.registers.layout import month_of
from springbrett.evaluation.registers.read import RegistersError
from springbrett.evaluation.study.protocol import Condition, Protocol

if TYPE_CHECKING:
    from springbrett.evaluation.engine import Engine

EVERYBODY = "all"
PARTICIPANTS, OTHERS = "participants", "comparison"
_COMPARE: Mapping[str, Callable[[Floats, float], Flags]] = {
    "eq": lambda x, v: x == v, "lt": lambda x, v: x < v, "lte": lambda x, v: x <= v,
    "gt": lambda x, v: x > v, "gte": lambda x, v: x >= v,
}  # fmt: skip


@dataclass
class Context:
    """One run. `work` holds what is about persons and stays inside; nothing of it is published as it is.
    `kept`: what one stage has worked out and may ask for again."""

    protocol: Protocol
    outcomes: Mapping[str, Outcome]
    registers_folder: Path
    work: Path
    tick: Callable[[float], None] = lambda part: None
    kept: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def engine(self) -> Engine:
        """What reads the registers: the engine the protocol names. Raises EngineError, RegistersError."""
        from springbrett.evaluation import engine  # late: what only asks about studies needs no engine

        return engine.open(self.registers_folder, self.protocol.engine)

    @cached_property
    def tables(self) -> Mapping[str, pa.Table]:
        """The tables of the registers by name, each read by the engine when it is first asked for.

        `outcomes.definitions.outcome_paths` on them is worked out by the engine.
        """
        from springbrett.evaluation.engine.held import Held

        return Held(self.engine)

    def close(self) -> None:
        """Let the engine go, if it was asked for anything."""
        if "engine" in self.__dict__:
            self.engine.close()

    @cached_property
    def window(self) -> Window:
        """The relative months, and the absolute months every interval table covers."""
        first, last = self.engine.span
        return Window(first, last, self.protocol.outcomes.before, self.protocol.outcomes.horizon)

    @cached_property
    def population(self) -> Population:
        """The protocol's population in absolute months."""
        who = self.protocol.population
        return Population(who.measures, month_of(who.first_start), month_of(who.last_start), who.purposes,
                          who.needs_levels, who.age_from, who.age_to, who.first_only)  # fmt: skip

    @cached_property
    def cohort(self) -> Cohort:
        """The cohort that the cohort stage drew."""
        with np.load(self.work / "cohort.npz") as held:
            arrays = {item.name: held[item.name] for item in fields(Cohort) if item.name != "names"}
            return Cohort(**arrays, names=tuple(str(name) for name in held["names"]))

    def path(self, outcome: str) -> Floats:
        """Stays × months of an outcome, NaN where the registers do not reach."""
        return np.asarray(np.load(self.work / f"path_{outcome}.npy"))

    def at(self, outcome: str, month: int) -> Floats:
        """The outcome in one month after the start (n,)."""
        return np.asarray(np.load(self.work / f"path_{outcome}.npy", mmap_mode="r")[:, month + self.window.before])

    @cached_property
    def covariates(self) -> tuple[Floats, tuple[str, ...]]:
        """What is held equal: the adjustment set of the protocol, or all there is."""
        names = self.protocol.adjustment or self.cohort.names
        columns = [place_of(name, self.cohort.names) for name in names]
        return self.cohort.covariates[:, columns], tuple(names)

    @cached_property
    def cluster(self) -> Ints | None:
        """Within what the stays hang together."""
        return {"office": self.cohort.office, "person": self.cohort.person}.get(self.protocol.cluster)

    def comparison(self, outcome: str, month: int, keep: Flags | None = None) -> tuple[Comparison, Flags]:
        """The comparison at one month for those known then (and in `keep`), and which of the cohort they are.

        Raises CannotEstimate: no_treated, no_comparison.
        """
        y = self.at(outcome, month)
        known = np.isfinite(y) if keep is None else np.isfinite(y) & keep
        x, names = self.covariates
        cluster = None if self.cluster is None else self.cluster[known]
        return Comparison(y[known], self.cohort.treated[known], x[known], names, cluster), known

    @cached_property
    def groups(self) -> dict[str, Flags]:
        """Everybody and each subgroup: which of the cohort belong."""
        found = {EVERYBODY: np.ones(len(self.cohort), bool)}
        for group in self.protocol.subgroups:
            inside = np.ones(len(self.cohort), bool)
            for condition in group.where:
                inside &= meets(condition, self.cohort.covariates, self.cohort.names)
            if group.purposes:
                # Purposes are known for participants only; the whole comparison group stands beside them.
                inside &= np.isin(self.cohort.purpose, group.purposes) | ~self.cohort.treated
            found[group.code] = inside
        return found

    @cached_property
    def kinds(self) -> dict[str, Flags]:
        """Purposes and measures the participants' paths are shown for: which of the cohort belong."""
        cohort, found = self.cohort, dict[str, Flags]()
        for prefix, column in (("purpose", cohort.purpose), ("measure", cohort.measure)):
            codes = [str(code) for code in np.unique(column[cohort.treated]) if code]
            if len(codes) > 1:
                found |= {f"{prefix}:{code}": (column == code) & cohort.treated for code in codes}
        return found


def meets(condition: Condition, covariates: Floats, names: tuple[str, ...]) -> Flags:
    """Which rows of the covariates (n × k, by `names`) meet a condition."""
    return _COMPARE[condition.op](covariates[:, place_of(condition.covariate, names)], condition.value)


def place_of(covariate: str, names: tuple[str, ...]) -> int:
    """Where a covariate stands. Raises RegistersError when the registers do not tell it."""
    if covariate not in names:
        told = ", ".join(names)
        raise RegistersError(f"these registers do not tell {covariate}, which the study asks for; they tell {told}")
    return names.index(covariate)


def save_cohort(cohort: Cohort, path: Path) -> None:
    """The cohort as the next stage reads it."""
    arrays = {item.name: getattr(cohort, item.name) for item in fields(Cohort) if item.name != "names"}
    np.savez(path, **arrays, names=np.array(cohort.names))

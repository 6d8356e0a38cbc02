"""The stages that draw the cohort and describe it: who they are, what became of them, and where each stay led."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.lib.format import open_memmap

from springbrett.catalogue.loader import load
from springbrett.evaluation.cohort import Cohort, stays_of, with_comparison
from springbrett.evaluation.effects.records import Flags, Floats, Ints
from springbrett.evaluation.outcomes.chain_results import NONE_SEEN, TOLD, VERDICTS, ChainResults, chain_results
from springbrett.evaluation.study.context import EVERYBODY, OTHERS, PARTICIPANTS, Context, save_cohort
from springbrett.evaluation.study.guard import is_yes_no, tellable
from springbrett.evaluation.study.sizes import Sizes, sizes
from springbrett.evaluation.study.tables import Rows

BLOCKS, STAYS_AT_ONCE = "path_blocks", 200_000


def draw(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The cohort: the stays of the population."""
    return _keep(context, stays_of(context.tables, context.population))


def draw_beside(context: Context, *, never: bool) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The cohort with others beside each stay: not started yet, or (`never`) never to start."""
    protocol = context.protocol
    return _keep(context, with_comparison(
        context.tables, context.population, per_treated=protocol.comparison.per_treated, seed=protocol.seed,
        never=never, also_other_measures=protocol.comparison.other_measures,
    ))  # fmt: skip


def _keep(context: Context, cohort: Cohort) -> tuple[dict[str, Rows], dict[str, Any]]:
    save_cohort(cohort, context.work / "cohort.npz")
    context.__dict__.pop("cohort", None)
    return {}, {}


def follow(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The outcome of every stay in every month, kept for the stages to come. Stopped, it goes on with the block of
    stays it was at."""
    from springbrett.evaluation.engine.stays import Stays  # late: what only asks about studies needs no engine

    codes = dict.fromkeys((*context.protocol.outcomes.codes, context.protocol.outcomes.headline))
    cohort, window, kept = context.cohort, context.window, context.work / BLOCKS
    paths = {code: _with_room(context.work / f"path_{code}.npy", (len(cohort), window.width)) for code in codes}
    for block, found in context.engine.path_blocks(
        [context.outcomes[code] for code in codes], Stays.of(cohort.person, cohort.start), window, keep=kept,
        progress=lambda done: context.tick(done.part), stays_at_once=STAYS_AT_ONCE,
    ):  # fmt: skip
        for code, path in paths.items():
            path[block.place] = found[code]
    for path in paths.values():
        path.flush()
    rmtree(kept)
    return {}, {"registers": {"first_month": window.first_known, "last_month": window.last_known}}


def _with_room(file: Path, shape: tuple[int, int]) -> np.memmap[Any, Any]:
    """An array in a file that has its room on the disk already: where the disk is full, writing into room that is not
    there would take the whole program down without a word. Raises OSError."""
    held = open_memmap(file, "w+", np.float64, shape)
    if hasattr(os, "posix_fallocate"):
        with file.open("r+b") as opened:
            os.posix_fallocate(opened.fileno(), 0, file.stat().st_size)
    return held


def describe(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """Who took part and who they are compared with; group sizes; outcome paths."""
    rows: dict[str, Rows] = {"people": _people(context), "groups": _groups(context), "paths": _paths(context)}
    size = {row["group"]: row["participants"] for row in rows["groups"]}
    return rows, {"participants": size[EVERYBODY]}


def _people(context: Context) -> Rows:
    cohort, minimum = context.cohort, context.protocol.minimum_cell
    sides = {PARTICIPANTS: cohort.treated, OTHERS: ~cohort.treated}
    rows: Rows = []
    for column, name in enumerate(cohort.names):
        values = cohort.covariates[:, column]
        row: dict[str, Any] = {"covariate": name}
        for side, mask in sides.items():
            everybody = {EVERYBODY: np.ones(len(cohort), bool)}
            told = mask.any() and tellable(everybody, mask, minimum, values)[EVERYBODY]
            row[side] = float(values[mask].mean()) if told else None
        rows.append(row)
    return rows


def _sides(context: Context) -> Iterator[tuple[str, Flags, Sizes]]:
    """Each side that there is, who stands on it, and which of its sizes may be told."""
    held = context.kept.setdefault("sizes", {})
    for side, mask in ((PARTICIPANTS, context.cohort.treated), (OTHERS, ~context.cohort.treated)):
        if mask.any():
            if side not in held:
                held[side] = sizes(context, mask)
            yield side, mask, held[side]


def _groups(context: Context) -> Rows:
    groups = context.groups | context.kinds
    rows: Rows = [{"group": code} for code in groups]
    for side, mask, may in _sides(context):
        for row in rows:
            code = row["group"]
            if side == PARTICIPANTS or code not in context.kinds:
                row[side] = int((groups[code] & mask).sum()) if may.groups[code] else None
    return rows


def _paths(context: Context) -> Rows:
    """Means by month. The headline also by purpose and measure, for the participants."""
    cohort, wanted = context.cohort, context.protocol.outcomes
    everybody = {EVERYBODY: np.ones(len(cohort), bool)}
    rows: Rows = []
    for number, code in enumerate(wanted.codes):
        context.tick(number / len(wanted.codes))
        path = context.path(code)
        yes_no = is_yes_no(path)
        for side, mask, may in _sides(context):
            groups = everybody | (context.kinds if side == PARTICIPANTS and code == wanted.headline else {})
            for column, month in enumerate(context.window.months):
                named = {"outcome": code, "side": side, "month": int(month)}
                told = {group: bool(may.known[code][column] and (group == EVERYBODY or may.every[code][column]))
                        for group in groups}  # fmt: skip
                rows += _month(named, path[:, column], mask, groups, told, context.protocol.minimum_cell, yes_no=yes_no)
    return rows


def _month(
    named: dict[str, Any], values: Floats, mask: Flags, groups: dict[str, Flags], may: dict[str, bool], minimum: int, *,
    yes_no: bool,
) -> Rows:  # fmt: skip
    units = mask & np.isfinite(values)
    if not units.any():
        return []
    asked = {group: inside for group, inside in groups.items() if may[group]}
    told = tellable(asked, units, minimum, values if yes_no else None) if asked else {}
    rows: Rows = []
    for group, inside in groups.items():
        here = units & inside
        row = named | {"group": group, "value": None, "count": None}
        if told.get(group) and here.any():
            row |= {"value": float(values[here].mean()), "count": int(here.sum())}
        rows.append(row)
    return rows


def truth(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """The true effect the simulation wrote beside its registers, weighted by how often each measure is studied.

    Only where the study asks for one of the outcomes the simulation knows; nothing otherwise.
    """
    file = context.registers_folder / "truth" / "effects.parquet"
    wanted = context.protocol
    if not file.exists():
        return {}, {}
    table = pq.read_table(file)
    purposes = wanted.population.purposes or ("",)
    keep = pc.and_(pc.equal(table["outcome"], wanted.outcomes.headline),
                   pc.and_(pc.is_in(table["measure"], pa.array(list(wanted.population.measures))),
                           pc.is_in(table["purpose"], pa.array(list(purposes)))))  # fmt: skip
    found = table.filter(keep)
    month, effect, count = (np.asarray(found[name].to_numpy(), np.float64) for name in ("month", "effect", "count"))
    rows: Rows = []
    for at in np.unique(month):
        here = (month == at) & np.isfinite(effect) & (count > 0)
        if here.any() and -wanted.outcomes.before <= at <= wanted.outcomes.horizon:
            rows.append({"month": int(at), "value": float(np.average(effect[here], weights=count[here]))})
    return {"truth": rows}, {}


def chains(context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """Where each stay led and how that stands to its own chain, with small groups kept from being worked out."""
    found = chain_results(context.tables, context.population, load().chains, context.window.last_known)
    told = _chain_groups(found)
    every = np.ones(len(found.chain), bool)
    rank = np.array([_RANK[kind] + (kind == "total" and not key.startswith(EVERYBODY))
                     for key, (kind, _code, _mask) in told.items()])  # fmt: skip
    may = tellable({key: held[2] for key, held in told.items()}, every, context.protocol.minimum_cell, rank=rank)
    rows: Rows = []
    flows: Rows = []
    for key, (kind, code, mask) in told.items():
        count = int(mask.sum()) if may[key] else None
        if kind == "flow":
            destination, verdict = code.split("|")
            flows.append({"destination": destination, "verdict": verdict, "count": count})
        else:
            rows.append({"chain": key.split("|")[0], "kind": kind, "code": code, "count": count})
    return {"chains": rows, "chain_flows": flows}, {"chain_stays": rows[0]["count"]}


_RANK = {"total": 0, "verdict": 2, "development": 3, "flow": 4, "destination": 5}
"""What is given up first when something must be: the finest."""


def _chain_groups(found: ChainResults) -> dict[str, tuple[str, str, Flags]]:
    """Key → kind, code and members of every sum that is published."""
    every = np.ones(len(found.chain), bool)
    out: dict[str, tuple[str, str, Flags]] = {}
    destinations, verdicts = _named(found.destination, (*TOLD, NONE_SEEN)), _named(found.verdict, VERDICTS)
    for chain, mask in {EVERYBODY: every, **{str(c): found.chain == c for c in np.unique(found.chain) if c}}.items():
        out[f"{chain}|total"] = ("total", "", mask)
        out |= {f"{chain}|d|{code}": ("destination", code, mask & inside) for code, inside in destinations.items()}
        out |= {f"{chain}|v|{code}": ("verdict", code, mask & inside) for code, inside in verdicts.items()}
        out[f"{chain}|development"] = ("development", "", mask & found.development)
    for destination, a in destinations.items():
        for verdict, b in verdicts.items():
            if (a & b).any():
                out[f"flow|{destination}|{verdict}"] = ("flow", f"{destination}|{verdict}", a & b)
    return out


def _named(position: Ints, codes: tuple[str, ...]) -> dict[str, Flags]:
    return {code: position == number for number, code in enumerate(codes) if (position == number).any()}

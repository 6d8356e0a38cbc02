"""`springbrett study run`: carries a protocol out, stage by stage, into one folder; a stopped run goes on where it was.

The folder holds `work` (about persons; stays inside), `results` (every number that may be told, Parquet and CSV),
`report.nb.html`, `report.nn.html`, `report.en.html`, `study.json` and `manifest.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from springbrett.evaluation.alone import alone
from springbrett.evaluation.effects.records import CannotEstimate
from springbrett.evaluation.registers.layout import first_day
from springbrett.evaluation.registers.read import fingerprint, needs_folder
from springbrett.evaluation.study import costing, describing, leaving, parts
from springbrett.evaluation.study.begun import STATE, WORK, RunError, begun, work_file, write_whole
from springbrett.evaluation.study.check import outcomes_of, read_protocol
from springbrett.evaluation.study.context import Context
from springbrett.evaluation.study.designs import Planned, designs
from springbrett.evaluation.study.gate import judge
from springbrett.evaluation.study.guard import TOO_FEW, too_few
from springbrett.evaluation.study.manifest import NAME, Manifest, manifest_of, plain
from springbrett.evaluation.study.progress import Progress
from springbrett.evaluation.study.protocol import Protocol
from springbrett.evaluation.study.tables import COLUMNS, Rows, table_of, write_tables

STUDY, RESULTS, REGISTERS = "study.json", "results", "registers"


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished run: its folder, the facts beside the tables, and its manifest."""

    folder: Path
    facts: Mapping[str, Any]
    manifest: Manifest

    def report(self, language: str = "nb") -> Path:
        """The report in a language."""
        return self.folder / f"report.{language}.html"


def run(
    file: Path, to: Path, *, registers: Path | None = None, made_on: str = "", progress: Progress | None = None
) -> Finished:  # fmt: skip
    """Run the study of a file into `to`. `made_on` is printed on the report.

    A folder that holds the same study, data and code goes on where it was; one that holds another is refused. Raises
    StudyError, RegistersError, EngineError, RunError, BusyError (another process runs there), OSError (nothing can be
    written); KeyboardInterrupt leaves what is done.
    """
    progress = progress or Progress()
    protocol = read_protocol(file)
    with alone(to):
        return _run(protocol, file, to, registers_for(protocol, file, to, registers, progress), made_on, progress)


def _run(protocol: Protocol, file: Path, to: Path, folder: Path, made_on: str, progress: Progress) -> Finished:
    needs_folder(folder)
    own = file.parent / protocol.outcomes.own if protocol.outcomes.own else None
    manifest = manifest_of(protocol, fingerprint(folder), own)
    context = Context(protocol, outcomes_of(protocol, file), folder, to / WORK)
    stages = plan(protocol)
    state = begun(to, manifest, [stage.code for stage in stages])
    with closing(context):
        if folder != to / REGISTERS and not state["done"]:
            from springbrett.evaluation.engine.faults import refuse  # late: it takes a second to be there

            refuse(context.engine)
        _carry_out(stages, context, to, state, progress)
    return finish(context, stages, to, manifest, made_on=made_on)


def registers_for(protocol: Protocol, file: Path, to: Path, given: Path | None, progress: Progress) -> Path:
    """The folder of registers: the one given, the one the protocol names, or a fresh simulation inside the run."""
    if given is not None:
        return given
    if protocol.data.folder:
        return file.parent / protocol.data.folder
    wanted = protocol.data.simulate
    if wanted is None:
        raise RunError(f"{file.name} names no registers; add --registers DIR, or a [data.simulate] table")
    folder = to / REGISTERS
    note = folder / "simulated.json"
    asked = {"persons": wanted.persons, "years": wanted.years, "seed": wanted.seed, "first_year": wanted.first_year,
             "numbers": wanted.numbers}  # fmt: skip
    if note.exists() and json.loads(note.read_text(encoding="utf-8")).get("asked") == asked:
        return folder
    if (to / STATE).exists():
        raise RunError(f"{to} holds a run on other simulated persons; name another folder with --to")
    from springbrett.evaluation.simulate.norway import simulate, write_simulated
    from springbrett.evaluation.simulate.world import changed, norway

    progress.note(f"Simulating {wanted.persons} persons over {wanted.years} years …")
    write_simulated(simulate(persons=wanted.persons, years=wanted.years, seed=wanted.seed, first_year=wanted.first_year,
                             world=changed(norway(), wanted.numbers)), folder)  # fmt: skip
    held = json.loads(note.read_text(encoding="utf-8"))
    note.write_text(json.dumps(held | {"asked": asked}, indent=1), encoding="utf-8")
    return folder


def plan(protocol: Protocol) -> list[Planned]:
    """The stages of a protocol, in order."""
    design = designs()[protocol.comparison.design]
    stages = [
        Planned("cohort", 2, design.draw),
        Planned("paths", 1 + len(protocol.outcomes.codes), describing.follow),
        Planned("description", 3, describing.describe),
        *design.stages(protocol),
    ]
    if protocol.providers:
        stages.append(Planned("providers", 5, parts.providers))
    if protocol.durations:
        stages.append(Planned("ways out", 5, leaving.ways_out))
    if protocol.chains:
        stages.append(Planned("chains", 2, describing.chains))
    if protocol.costs:
        stages.append(Planned("costs", 10, costing.costs))
    return stages


def _carry_out(stages: list[Planned], context: Context, to: Path, state: dict[str, Any], progress: Progress) -> None:
    context.work.mkdir(exist_ok=True)
    weights = {stage.code: stage.weight for stage in stages}
    progress.plan(weights, sum(weights[code] for code in state["done"] if code in weights))
    context.tick = progress.tick
    for stage in stages:
        if stage.code in state["done"]:
            continue
        progress.begin(stage.code, stage.weight)
        try:
            tables, facts = stage.do(context)
        except CannotEstimate as error:
            tables, facts = _cannot(stage, error, context)
        for name, rows in tables.items():
            pq.write_table(table_of(name, rows), work_file(context.work, stage.code, name))
        state["done"][stage.code] = {"tables": sorted(tables), "facts": facts}
        write_whole(to / STATE, state)
        progress.end()


def _cannot(stage: Planned, error: CannotEstimate, context: Context) -> tuple[dict[str, Rows], dict[str, Any]]:
    """A part the data cannot answer is said in the report; without a cohort there is no study at all."""
    if stage.code in ("cohort", "paths", "description"):
        why = str(error).removeprefix(f"{error.code}: ")
        raise RunError(f"the study cannot be carried out: {why} ({error.code}){_reach(context)}") from error
    return {"not_answered": [{"estimator": stage.code, "reason": error.code}]}, {}


def _reach(context: Context) -> str:
    """Which months the registers know of, for whoever asked for others."""
    first, last = context.engine.span
    return f"; the registers reach from {first_day(first):%Y-%m} to {first_day(last):%Y-%m}" if first <= last else ""


def finish(context: Context, stages: list[Planned], to: Path, manifest: Manifest, *, made_on: str) -> Finished:
    """Gather the stages, judge the gate, write results, manifest and reports."""
    from springbrett.evaluation.report.page import write_reports

    state = json.loads((to / STATE).read_text(encoding="utf-8"))
    tables, facts = gather(context.work, stages, state["done"])
    if too_few(context.cohort.treated, context.protocol.minimum_cell):
        tables, facts = {name: rows.slice(0, 0) for name, rows in tables.items()}, {"cannot": TOO_FEW,
                                                                                    "participants": None}  # fmt: skip
    facts |= {"protocol": plain(context.protocol), "made_on": made_on, "simulated": _simulated(context),
              "outcomes": _outcome_names(context)}  # fmt: skip
    tables, facts = through_the_gate(context.protocol, tables, facts)
    manifest = replace(manifest, numbers=write_tables(tables, to / RESULTS))
    manifest.write(to)
    write_whole(to / STUDY, facts | {"key": manifest.key})
    write_reports(to)
    return Finished(to, facts, manifest)


def gather(work: Path, stages: list[Planned], done: Mapping[str, Any]) -> tuple[dict[str, pa.Table], dict[str, Any]]:
    """The tables of all stages by name, in the order of the layout, and their facts."""
    parts_of: dict[str, list[pa.Table]] = {}
    facts: dict[str, Any] = {}
    for stage in stages:
        entry = done[stage.code]
        facts |= entry["facts"]
        for name in entry["tables"]:
            parts_of.setdefault(name, []).append(pq.read_table(work_file(work, stage.code, name)))
    return {name: pa.concat_tables(parts_of[name]) for name in COLUMNS if name in parts_of}, facts


def through_the_gate(
    protocol: Protocol, tables: dict[str, pa.Table], facts: dict[str, Any]
) -> tuple[dict[str, pa.Table], dict[str, Any]]:
    """Judge the checks; a closed gate takes the headline mark away from every number."""
    method = designs()[protocol.comparison.design].headline(protocol)
    if not method and protocol.providers:
        method = parts.PROVIDERS
    checks = tables["diagnostics"].to_pylist() if "diagnostics" in tables else []
    verdict, judged = judge(checks, protocol.gate, method, str(facts.get("cannot", "")))
    if judged:
        tables = tables | {"diagnostics": table_of("diagnostics", judged)}
    if not verdict.open and "estimates" in tables:
        rows = [row | {"headline": False} for row in tables["estimates"].to_pylist()]
        tables = tables | {"estimates": table_of("estimates", rows)}
    gate = {"open": verdict.open, "failed": list(verdict.failed), "cannot": verdict.cannot, "method": method}
    return tables, facts | {"gate": gate}


def _outcome_names(context: Context) -> dict[str, Any]:
    """What the report must know of each outcome: its name in every language, its unit and which way is good."""
    return {
        code: {"name": {"nb": held.name.nb, "nn": held.name.nn, "en": held.name.en}, "unit": held.unit,
               "better": held.better}
        for code, held in context.outcomes.items()
    }  # fmt: skip


def _simulated(context: Context) -> dict[str, Any] | None:
    """What to say on the first page when the persons never lived; None for real registers."""
    if not (context.registers_folder / "simulated.json").exists():
        return None
    wanted = context.protocol.data.simulate
    text = wanted.calibrated_to if wanted else None
    return {"calibrated_to": {"nb": text.nb, "nn": text.nn, "en": text.en} if text else None}


__all__ = ["NAME", "RESULTS", "STUDY", "Finished", "RunError", "finish", "plan", "run"]

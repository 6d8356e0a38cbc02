"""docs/reference/study-protocol.md: every key of a study file, read from the structs, and what it may name."""

from collections.abc import Iterable

from msgspec import NODEFAULT, inspect

from springbrett.catalogue.allowed import words_for
from springbrett.catalogue.base import Text
from springbrett.evaluation.effects.registry import estimators
from springbrett.evaluation.outcomes.definitions import load_outcomes
from springbrett.evaluation.report.words import labels
from springbrett.evaluation.study import protocol
from springbrett.evaluation.study.check import shipped_names
from springbrett.evaluation.study.designs import designs, usable
from springbrett.evaluation.study.tables import columns_page

_PARTS = (
    (protocol.Protocol, "The file itself"), (protocol.Data, "`[data]`"), (protocol.Simulation, "`[data.simulate]`"),
    (protocol.Who, "`[population]`"), (protocol.With, "`[comparison]`"), (protocol.Outcomes, "`[outcomes]`"),
    (protocol.Method, "`[[estimators]]`"), (protocol.Subgroup, "`[[subgroups]]`"),
    (protocol.Condition, "`[[subgroups.where]]`"), (protocol.Providers, "`[providers]`"),
    (protocol.Durations, "`[durations]`"), (protocol.Costs, "`[costs]`"), (protocol.PriceLine, "`[[costs.prices]]`"),
    (protocol.Range, "`[[costs.ranges]]`"), (protocol.Gate, "`[gate]`"),
)  # fmt: skip


def study_page() -> str:
    """The whole page."""
    parts = [
        "# Study protocol\n\nA study is one TOML file. Begin with `springbrett study new NAME`; `springbrett study "
        f"check` tells what is wrong. Shipped studies: {', '.join(f'`{name}`' for name in shipped_names())}.\n",
        *(_table(kind, title) for kind, title in _PARTS),
        _designs(),
        _estimators(),
        _list("Outcomes", {code: outcome.name.en for code, outcome in load_outcomes().items()}),
        _list("Covariates", {code: text.en for code, text in labels("covariate").items()}),
        columns_page().replace("# Tables of the run", "## Tables of the run", 1).replace("\n## ", "\n### "),
    ]
    return "\n".join(parts)


def _table(kind: type, title: str) -> str:
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    meaning = " ".join((kind.__doc__ or "").split())
    rows = [f"| `{field.encode_name}` | {_holds(field.type)} | {_default(field)} |" for field in described.fields]
    return "\n".join([f"## {title}\n", meaning, "", "| key | holds | if left out |", "|---|---|---|", *rows, ""])


def _holds(kind: inspect.Type) -> str:
    """What may stand there; a table of its own is told further down."""
    if isinstance(kind, inspect.StructType):
        return "a text in three languages" if kind.cls is Text else "a table, see below"
    if isinstance(kind, inspect.UnionType):
        return " or ".join(held for held in map(_holds, kind.types) if held != "nothing")
    if isinstance(kind, inspect.VarTupleType):
        return f"a list of: {_holds(kind.item_type)}"
    if isinstance(kind, inspect.LiteralType):
        return ", ".join(str(value) for value in kind.values if value != "")
    return words_for(kind) if not isinstance(kind, inspect.DictType) else "options by name"


def _default(field: inspect.Field) -> str:
    value = field.default
    if field.required:
        return "required"
    if value is NODEFAULT or value in ("", (), None) or isinstance(value, protocol.Gate):
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _designs() -> str:
    """What each design compares, and which keys of [comparison] are its own."""
    words = labels("design")
    rows = [f"| `{code}` | {words[code].en} | {_codes(design.with_fields) or '–'} |"
            for code, design in designs().items()]  # fmt: skip
    head = ["## Designs\n", "| `comparison.design` | what is compared | its keys of `[comparison]` |", "|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


def _estimators() -> str:
    rows = [
        f"| `{code}` | {_codes(usable()[code])} | {_codes(e.value for e in entry.estimands)} | "
        f"{_codes(entry.options) or '–'} | {entry.source} |"
        for code, entry in estimators().items() if code in usable()
    ]  # fmt: skip
    head = [
        "## Estimators a study can name\n",
        "| code | with design | estimand | options | source |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*head, *rows, ""])


def _list(title: str, held: dict[str, str]) -> str:
    return "\n".join([f"## {title}\n", "| code | meaning |", "|---|---|",
                      *(f"| `{code}` | {text} |" for code, text in held.items()), ""])  # fmt: skip

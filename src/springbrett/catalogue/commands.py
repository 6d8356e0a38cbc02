"""What `springbrett catalogue …` prints: check a directory, show a measure on a day, compare two days, tell a history.

Pure functions from codes and dates to text (Bokmål names, English frame). They raise CatalogueError and UnknownCode.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from springbrett.catalogue.base import Base, Dated, Text
from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.dated import all_in_force, in_force
from springbrett.catalogue.loader import DATA, load, read
from springbrett.catalogue.measures import Measure

_FRAME = frozenset({"from_", "to", "ref", "source", "note", "interpretation", "code"})


def check(path: Path | str | None = None) -> str:
    """Reads a catalogue directory anew and tells what it holds. Raises CatalogueError with every problem."""
    catalogue = read(Path(path) if path is not None else DATA)
    codes = sum(len(entries) for entries in catalogue.lists.values())
    return (
        f"The catalogue holds together. Version {catalogue.version}.\n"
        f"{len(catalogue.measures)} measures, {len(catalogue.chains)} chains, {len(catalogue.evidence)} findings, "
        f"{len(catalogue.lists)} code lists with {codes} codes, {len(catalogue.house)} house values."
    )


def show(code: str, on: date, path: Path | str | None = None, language: str = "nb") -> str:
    """A measure as it stands on a day, each value with where it comes from."""
    measure = load(path).measure(code)
    state = "in force" if measure.in_force(on) else "NOT in force"
    lines = [f"{measure.name.get(language)} ({code}), {on.isoformat()}: {state}", measure.summary.get(language), ""]
    lines += [f"{key}: {value}" for key, value in snapshot(measure, on, language).items()]
    return "\n".join(lines)


def diff(earlier: date, later: date, path: Path | str | None = None, language: str = "nb") -> str:
    """Every value that differs between two days, measure by measure and among the house values."""
    catalogue = load(path)
    lines: list[str] = []
    for name, before, after in _pairs(catalogue, earlier, later, language):
        changed = [_changed(key, before.get(key), after.get(key)) for key in dict.fromkeys([*before, *after])]
        changed = [line for line in changed if line]
        if changed:
            lines += [name, *(f"  {line}" for line in changed)]
    heading = f"From {earlier.isoformat()} to {later.isoformat()}:"
    return "\n".join([heading, *(lines or ["nothing differs"])])


def history(code: str, path: Path | str | None = None, language: str = "nb") -> str:
    """Every dated value of a measure, oldest first, with the section it comes from, its note and how it is read."""
    measure = load(path).measure(code)
    dated = sorted(measure.dated_values, key=lambda item: item[1].from_)
    lines = [f"{measure.name.get(language)} ({code})"]
    for key, value in dated:
        until = f" to {value.to.isoformat()}" if value.to else ""
        lines.append(f"{value.from_.isoformat()}{until}  {key}: {describe(value, language)}  [{_origin(value)}]")
        if value.note:
            lines.append(f"    {value.note}")
        if value.interpretation:
            lines.append(f"    {value.interpretation.get(language)}")
    return "\n".join(lines)


def snapshot(measure: Measure, on: date, language: str = "nb") -> dict[str, str]:
    """Key → value in force on the day, in words. Keys without a value on the day are left out."""
    grouped: dict[str, list[Dated]] = {}
    for key, value in measure.dated_values:
        grouped.setdefault(key, []).append(value)
    found: dict[str, str] = {}
    for key, values in grouped.items():
        current = all_in_force(values, on) if "." in key else tuple(filter(None, (in_force(values, on),)))
        for value in current:
            found[key] = f"{describe(value, language)}  [{_origin(value)}]"
    return found


def describe(value: Dated, language: str = "nb") -> str:
    """A dated value in words: its own fields, without date and origin."""
    if _is_unknown(value):
        return "not known"
    parts = []
    for name in value.__struct_fields__:
        content = getattr(value, name)
        unset = content in (None, "", ()) or (content in (0, False) and content in value.__struct_defaults__)
        if name not in _FRAME and not unset:
            parts.append(content.get(language) if isinstance(content, Text) else f"{name} {_plain(content)}")
    return ", ".join(parts) or "yes"


def _is_unknown(value: Dated) -> bool:
    return "years" in value.__struct_fields__ and getattr(value, "years", None) is None


def _plain(content: object) -> str:
    if isinstance(content, Base):
        return " ".join(_plain(getattr(content, name)) for name in content.__struct_fields__
                        if name not in ("text", "when") and getattr(content, name) is not None)  # fmt: skip
    if isinstance(content, tuple):
        return (
            f"({len(content)} groups)" if content and isinstance(content[0], tuple) else " ".join(map(_plain, content))
        )
    return str(content).lower() if isinstance(content, bool) else str(content)


def _origin(value: Dated) -> str:
    return f"{value.ref}, {value.source}"


def _pairs(
    catalogue: Catalogue, earlier: date, later: date, language: str
) -> list[tuple[str, dict[str, str], dict[str, str]]]:
    pairs = [
        (measure.code, snapshot(measure, earlier, language), snapshot(measure, later, language))
        for measure in catalogue.measures.values()
    ]
    return [*pairs, ("house", _house(catalogue, earlier), _house(catalogue, later))]


def _house(catalogue: Catalogue, on: date) -> dict[str, str]:
    found = {}
    for code, setting in catalogue.house.items():
        current = in_force(setting.values, on)
        if current is not None:
            found[code] = f"{_plain(current.value)} {setting.unit}"
    return found


def _changed(key: str, before: str | None, after: str | None) -> str:
    if before == after:
        return ""
    if before is None:
        return f"+ {key}: {after}"
    if after is None:
        return f"- {key}: {before}"
    return f"~ {key}: {before} → {after}"

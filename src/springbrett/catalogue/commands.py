"""What `springbrett catalogue …` prints: check, show, diff, history, section, soon, and what a change set changes.

Pure functions from codes and dates to text in an English frame. `say` turns a dated value into words; the plain one
here names the fields, and whoever has better words (the application, in three languages) hands theirs in. They raise
CatalogueError and UnknownCode.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from springbrett.catalogue.base import Base, Dated, Text
from springbrett.catalogue.catalogue import Catalogue
from springbrett.catalogue.compare import Difference, between_days
from springbrett.catalogue.entries import Change, Entry, ahead, entries, in_force_on, resting_on
from springbrett.catalogue.errors import UnknownCode
from springbrett.catalogue.loader import DATA, load, read
from springbrett.catalogue.overlay import change_set, laid_over

Say = Callable[[str, str, Dated], str]
"""Words for a value, given the kind and the code of what it belongs to (a rate's value is said with its unit)."""
_FRAME = frozenset({"from_", "to", "ref", "source", "note", "interpretation", "code"})
_KINDS = {"measure": "measures", "rate": "rates", "house": "house values", "chain": "chains"}


def describe(value: Dated) -> str:
    """A dated value in words: its own fields, without date and origin."""
    if _is_unknown(value):
        return "not known"
    parts = []
    for name in value.__struct_fields__:
        content = getattr(value, name)
        unset = content in (None, "", ()) or (content in (0, False) and content in value.__struct_defaults__)
        if name not in _FRAME and not unset:
            parts.append(content.get("nb") if isinstance(content, Text) else f"{name} {_plain(content)}")
    return ", ".join(parts) or "yes"


def plainly(kind: str, owner: str, value: Dated) -> str:
    """The plain words, whatever the value belongs to."""
    return describe(value)


def check(path: Path | str | None = None) -> str:
    """Reads a catalogue directory, or a change set laid over the catalogue, anew and tells what it holds.

    A directory without catalogue.toml is a change set. Raises CatalogueError with every problem.
    """
    catalogue = _read(Path(path) if path is not None else DATA)
    codes = sum(len(entries) for entries in catalogue.lists.values())
    return (
        f"The catalogue holds together. Version {catalogue.version}.\n"
        f"{len(catalogue.measures)} measures, {len(catalogue.rates)} rates, {len(catalogue.chains)} chains, "
        f"{len(catalogue.evidence)} findings, {len(catalogue.lists)} code lists with {codes} codes, "
        f"{len(catalogue.house)} house values; {len(entries(catalogue))} dated values in all."
    )


def _read(path: Path) -> Catalogue:
    whole = (path / "catalogue.toml").exists() or not path.is_dir()
    return read(path) if whole else laid_over(change_set(path))


def show(
    code: str, on: date, path: Path | str | None = None, say: Say = plainly, language: str = "nb"
) -> str:  # fmt: skip
    """A measure, rate or house value (or all rates: "rates") on a day, each value with where it comes from."""
    catalogue = load(path)
    found = in_force_on(_of(catalogue, code), on)
    head = [f"{_title(catalogue, code, language)}, {on.isoformat()}: {_state(catalogue, code, on, found)}"]
    if code in catalogue.measures:
        head += [catalogue.measures[code].summary.get(language), ""]
    many = code == "rates"
    return "\n".join(
        [*head, *(f"{_key(e, many=many)}: {say(e.kind, e.owner, e.value)}  [{_origin(e.value)}]" for e in found)]
    )


def diff(earlier: date, later: date, path: Path | str | None = None, say: Say = plainly) -> str:
    """Every value that differs between two days, measure by measure, then rates and house values."""
    heading = f"From {earlier.isoformat()} to {later.isoformat()}:"
    return "\n".join([heading, *_changed(between_days(load(path), earlier, later), say)])


def history(code: str, path: Path | str | None = None, say: Say = plainly, language: str = "nb") -> str:
    """Every dated value of a measure, rate or house value (or of all rates), oldest first, with origin and notes."""
    catalogue = load(path)
    found = sorted(_of(catalogue, code), key=lambda entry: entry.value.from_)
    return "\n".join([_title(catalogue, code, language), *_over_time(found, say, language, many=code == "rates")])


def section(ref: str, on: date | None = None, path: Path | str | None = None, say: Say = plainly,
            language: str = "nb") -> str:  # fmt: skip
    """Every value that rests on "ACT § SECTION" (or on the whole act): on a day, or over time. Raises UnknownCode."""
    catalogue = load(path)
    act, sign, part = ref.partition("§")
    catalogue.code("act", act.strip())
    found = resting_on(entries(catalogue), act.strip(), part.strip() if sign else None)
    if on is None:
        return "\n".join([ref, *(_over_time(found, say, language, many=True) or ["nothing rests on it"])])
    lines = [
        f"{_key(e, many=True)}: {say(e.kind, e.owner, e.value)}  [{_origin(e.value)}]" for e in in_force_on(found, on)
    ]
    return "\n".join([f"{ref}, {on.isoformat()}:", *(lines or ["nothing rests on it that day"])])


def soon(on: date, until: date | None = None, path: Path | str | None = None, say: Say = plainly) -> str:
    """What changes after a day (and no later than `until`), soonest first."""
    within = f" until {until.isoformat()}" if until else ""
    lines = [f"Changes after {on.isoformat()}{within}:"]
    found = ahead(load(path), on, until)
    for change in found:
        lines += [f"{change.on.isoformat()}  {change.owner}  {_line(change, say)}"]
    return "\n".join(lines if found else [*lines, "nothing"])


def edition(difference: Difference, say: Say = plainly) -> str:
    """What a change set does to the catalogue: each value with the day it holds from, and texts without a date."""
    if difference.nothing:
        return "The change set says the same as the catalogue."
    lines = ["What the change set changes in the catalogue:"]
    lines += [f"  {c.on.isoformat()}  {c.owner}  {_line(c, say)}" for c in difference.changes]
    lines += [f"  (no date)   {code}  texts or codes" for code in difference.undated]
    return "\n".join(lines)


def _of(catalogue: Catalogue, code: str) -> tuple[Entry, ...]:
    """The entries of a measure, rate or house value, or of every rate. Raises UnknownCode."""
    known = {**catalogue.house, **catalogue.rates, **catalogue.measures}
    if code not in known and code != "rates":
        raise UnknownCode("measure, rate or house value", code)
    return tuple(e for e in entries(catalogue) if e.owner == code or (code == "rates" and e.kind == "rate"))


def _title(catalogue: Catalogue, code: str, language: str) -> str:
    if code == "rates":
        return f"{len(catalogue.rates)} rates"
    if code in catalogue.house:
        return f"{catalogue.house[code].text.get(language)} ({code})"
    return f"{(catalogue.measures.get(code) or catalogue.rates[code]).name.get(language)} ({code})"


def _state(catalogue: Catalogue, code: str, on: date, found: tuple[Entry, ...]) -> str:
    holds = catalogue.measures[code].in_force(on) if code in catalogue.measures else bool(found)
    return "in force" if holds else "NOT in force"


def _over_time(found: Iterable[Entry], say: Say, language: str, *, many: bool) -> list[str]:
    lines = []
    for entry in found:
        value = entry.value
        until = f" to {value.to.isoformat()}" if value.to else ""
        lines.append(f"{value.from_.isoformat()}{until}  {_said(entry, say, many=many)}")
        lines += [f"    {text}" for text in (value.note, _reading(value, language)) if text]
    return lines


def _said(entry: Entry, say: Say, *, many: bool) -> str:
    words = say(entry.kind, entry.owner, entry.value)
    return f"{_key(entry, many=many)}: {words}  [{_origin(entry.value)}]"


def _reading(value: Dated, language: str) -> str:
    return value.interpretation.get(language) if value.interpretation else ""


def _key(entry: Entry, *, many: bool) -> str:
    key = "" if entry.key in ("values", "chain") else entry.key
    return " ".join(part for part in (entry.owner if many or not key else "", key) if part)


def _changed(changes: Iterable[Change], say: Say) -> list[str]:
    by_owner: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        name = change.owner if change.kind == "measure" else _KINDS[change.kind]
        by_owner.setdefault((change.kind, name), []).append(f"  {_line(change, say)}")
    return [line for (_kind, name), lines in by_owner.items() for line in (name, *lines)] or ["nothing differs"]


def _line(change: Change, say: Say) -> str:
    key = change.owner if change.key in ("values", "chain") else change.key
    before, after = (
        f"{say(change.kind, change.owner, v)}  [{_origin(v)}]" if v else "" for v in (change.before, change.after)
    )
    if not before:
        return f"+ {key}: {after}"
    return f"~ {key}: {before} → {after}" if after else f"- {key}: {before}"


def _is_unknown(value: Dated) -> bool:
    names = [name for name in ("years", "amount") if name in value.__struct_fields__]
    return getattr(value, "known", True) is False or any(getattr(value, name) is None for name in names)


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

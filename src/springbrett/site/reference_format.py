"""The tables of docs/reference/catalogue-format.md: the keys of every kind of entry, read from the types themselves.

The page is written by hand; only what stands between `<!-- keys NAME … -->` and `<!-- /keys -->` is generated.
"""

import re
from functools import cache
from pathlib import Path

from msgspec import NODEFAULT, inspect

from springbrett.catalogue import structs
from springbrett.catalogue.allowed import words_for

_BLOCK = re.compile(r"(<!-- keys (?P<names>[A-Za-z ]+) -->\n).*?(<!-- /keys -->)", re.DOTALL)
_FRAME = frozenset(structs.Dated.__struct_fields__)


def page(path: Path) -> str:
    """The page as it should be now, its generated blocks made anew."""
    return _BLOCK.sub(
        lambda match: match[1] + tables(match["names"].split()) + match[3], path.read_text(encoding="utf-8")
    )


def tables(names: list[str]) -> str:
    """A table of the keys of each type: what may stand there, and whether it must."""
    return "\n" + "\n".join(_table(getattr(structs, name)) for name in names) + "\n"


def _table(kind: type[structs.Base]) -> str:
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    dated = issubclass(kind, structs.Dated)
    own = [field for field in described.fields if not (dated and field.name in _FRAME)]
    where = ", ".join(f"`{place}`" for place in _places().get(kind.__name__, ()))
    title = f"{where or f'**{kind.__name__}**'}{' (dated)' if dated else ''}"
    if not own:
        return f"{title}: no keys of its own.\n"
    rows = [f"| `{f.encode_name}` | {_short(f.type)} | {'required' if f.required else _default(f)} |" for f in own]
    return "\n".join([f"{title}\n", "| key | holds | |", "|---|---|---|", *rows, ""])


@cache
def _places() -> dict[str, tuple[str, ...]]:
    """The name of a type → how its tables are written in the files."""
    found: dict[str, tuple[str, ...]] = {"AgreementRules": ("[agreement]",), "Rate": ("[[rate]]",)}
    holders = [(structs.Measure, ""), (structs.AgreementRules, "agreement."), (structs.Duration, "durations."),
               (structs.Subsidy, "subsidies."), (structs.Rate, "rate.")]  # fmt: skip
    for holder, prefix in holders:
        described = inspect.type_info(holder)
        assert isinstance(described, inspect.StructType)
        for field in described.fields:
            if isinstance(field.type, inspect.VarTupleType) and isinstance(field.type.item_type, inspect.StructType):
                name = field.type.item_type.cls.__name__
                found[name] = (*found.get(name, ()), f"[[{prefix}{field.encode_name}]]")
    return found


def _default(field: inspect.Field) -> str:
    value = field.default
    if value is NODEFAULT or value in ("", (), None, False, 0):
        return ""
    return f"else `{value}`"


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'AEIO' else 'a'} {name}"


def _short(kind: inspect.Type) -> str:
    """What may stand there; an entry of its own is named, not spelled out."""
    if isinstance(kind, inspect.LiteralType):
        return ", ".join(str(value) for value in kind.values if value)
    if isinstance(kind, inspect.StructType):
        return "a text in three languages" if kind.cls is structs.Text else _a(kind.cls.__name__)
    if isinstance(kind, inspect.UnionType):
        return " or ".join(w for w in map(_short, kind.types) if w and w != "nothing")
    if isinstance(kind, inspect.VarTupleType | inspect.ListType):
        return f"a list of: {_short(kind.item_type)}"
    return words_for(kind)

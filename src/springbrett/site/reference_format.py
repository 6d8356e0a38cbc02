"""The tables of docs/reference/catalogue-format.md: the keys of every kind of entry, read from the types themselves.

The page is written by hand; only what stands between `<!-- keys NAME … -->` and `<!-- /keys -->` is generated.
"""

import re
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
    lines = [f"**{kind.__name__}**" + (" (dated)" if dated else "") + "\n", "| key | holds | |", "|---|---|---|"]
    for field in described.fields:
        if dated and field.name in _FRAME:
            continue
        need = "required" if field.required else _default(field)
        lines.append(f"| `{field.encode_name}` | {_short(field.type)} | {need} |")
    return "\n".join(lines) + "\n"


def _default(field: inspect.Field) -> str:
    value = field.default
    if value is NODEFAULT or value in ("", (), None, False, 0):
        return ""
    return f"else `{value}`"


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'AEIO' else 'a'} {name}"


def _short(kind: inspect.Type) -> str:
    """What may stand there; an entry of its own is named, not spelled out."""
    if isinstance(kind, inspect.StructType):
        return "a text in three languages" if kind.cls is structs.Text else _a(kind.cls.__name__)
    if isinstance(kind, inspect.UnionType):
        return " or ".join(w for w in map(_short, kind.types) if w and w != "nothing")
    if isinstance(kind, inspect.VarTupleType | inspect.ListType):
        return f"a list of: {_short(kind.item_type)}"
    return words_for(kind)

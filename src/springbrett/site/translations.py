"""Collect, check and compile the interface's translations, without any tool outside Python.

Source strings are English. Every room keeps ``locale/{nb,nn}/LC_MESSAGES/django.po``, complete and written by hand;
``.mo`` files are made from them and not committed. Texts of the catalogue are not here: they carry their three
languages themselves.
"""

import ast
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent
LANGUAGES = ("nb", "nn")
Keyword = tuple[int | tuple[int, str], ...] | None
KEYWORDS: dict[str, Keyword] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
MessageId = str | tuple[str, ...]
Key = tuple[MessageId, str | None]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a translation file."""

    file: str
    msgid: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}: {self.msgid!r}"


def update(source: Path = SOURCE) -> list[Path]:
    """Bring every translation file in step with the code; kept translations stay. Returns the files written.

    Texts no longer in the code are kept as ``#~`` entries until somebody deletes them.
    """
    written = []
    for room in rooms(source):
        keys = messages_of(room)
        for language in LANGUAGES:
            path = po_path(room, language)
            if not keys and not path.exists():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            text = _rendered(_merged(keys, _read(path, language), language), language)
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                written.append(path)
    return written


def check(source: Path = SOURCE) -> list[Problem]:
    """Everything that is not right: missing, left over, doubtful, placeholders that differ, rooms that disagree."""
    problems: list[Problem] = []
    for language in LANGUAGES:
        said: dict[Key, tuple[object, str]] = {}
        for room in rooms(source):
            path = po_path(room, language)
            name = path.relative_to(source).as_posix()
            catalog = _read(path, language)
            problems += _room_problems(messages_of(room), catalog, name)
            problems += _disagreements(catalog, name, said)
    return sorted(problems)


def compile_all(source: Path = SOURCE) -> list[Path]:
    """Write the ``.mo`` file of every translation file that is newer than it. Returns the files written."""
    written = []
    for po in sorted(source.glob("*/locale/*/LC_MESSAGES/django.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        buffer = io.BytesIO()
        write_mo(buffer, _read(po, po.parent.parent.name))
        mo.write_bytes(buffer.getvalue())
        written.append(mo)
    return written


def rooms(source: Path = SOURCE) -> list[Path]:
    """The packages that can hold texts."""
    return sorted(folder for folder in source.iterdir() if (folder / "__init__.py").exists())


def po_path(room: Path, language: str) -> Path:
    """Where a room keeps its translations."""
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


def messages_of(room: Path) -> set[Key]:
    """Every text of the room's Python files and templates, with its context."""
    keys: set[Key] = set()
    for path in sorted(room.rglob("*.py")):
        code = path.read_bytes()
        keys.update(_extracted(code, names_in(code)))
    for path in sorted(room.glob("templates/**/*")):
        if path.suffix in {".html", ".txt"}:
            page = templatize(path.read_text(encoding="utf-8"), origin=path.name)
            keys.update(_extracted("\n".join(line.strip() for line in page.splitlines()).encode()))
    return keys


def names_in(code: bytes) -> dict[str, Keyword]:
    """What Django's translating functions are called in the file: its own names for them beside the usual ones."""
    imports = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom))
    theirs = [name for node in imports if node.module == "django.utils.translation" for name in node.names]
    return KEYWORDS | {name.asname: KEYWORDS[name.name] for name in theirs if name.asname and name.name in KEYWORDS}


def _extracted(code: bytes, names: Mapping[str, Keyword] = KEYWORDS) -> Iterator[Key]:
    for _line, message, _comments, context in extract("python", io.BytesIO(code), keywords=names):
        if message and message != ("", ""):
            yield (message if isinstance(message, str) else (str(message[0]), str(message[1])), context)


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _merged(keys: Iterable[Key], old: Catalog, language: str) -> Catalog:
    merged = Catalog(locale=language, fuzzy=False)
    for message_id, context in sorted(keys, key=_sort_key):
        known = old.get(message_id, context) or _obsolete(old, message_id, context)
        if known is None or isinstance(known.string, tuple) != isinstance(message_id, tuple):
            merged.add(message_id, context=context)
        else:
            merged.add(message_id, string=known.string, context=context, flags=known.flags)
    wanted = {(_first(message_id), context) for message_id, context in keys}
    left_over = [m for m in (*_entries(old), *old.obsolete.values()) if (_first(m.id), m.context) not in wanted]
    for message in sorted(left_over, key=lambda m: _sort_key((m.id, m.context))):
        if any(message.string if isinstance(message.string, tuple) else (message.string,)):
            merged.obsolete[f"{message.context}\x04{_first(message.id)}"] = message
    return merged


def _obsolete(catalog: Catalog, message_id: MessageId, context: str | None) -> Message | None:
    same = (m for m in catalog.obsolete.values() if _first(m.id) == _first(message_id) and m.context == context)
    return next(same, None)


def _rendered(catalog: Catalog, language: str) -> str:
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=110, no_location=True, omit_header=True, sort_output=True)
    return HEADER.format(language=language) + buffer.getvalue().decode().strip() + "\n"


def _room_problems(keys: set[Key], catalog: Catalog, name: str) -> Iterator[Problem]:
    for message_id, context in keys:
        message = catalog.get(message_id, context)
        strings = _strings(message) if message else []
        if not strings or not all(strings) or len(strings) != (2 if isinstance(message_id, tuple) else 1):
            yield Problem(name, _first(message_id), "not translated")
        elif message is not None and message.fuzzy:
            yield Problem(name, _first(message_id), "marked as doubtful (fuzzy)")
        elif any(_placeholders(text) not in _allowed_placeholders(message_id) for text in strings):
            yield Problem(name, _first(message_id), "placeholders differ")
    wanted = {(_first(message_id), context) for message_id, context in keys}
    for message in (*_entries(catalog), *catalog.obsolete.values()):
        if (_first(message.id), message.context) not in wanted or message in catalog.obsolete.values():
            yield Problem(name, _first(message.id), "no longer in the code")


def _disagreements(catalog: Catalog, name: str, said: dict[Key, tuple[object, str]]) -> Iterator[Problem]:
    """Rooms share one namespace at run time, so one text must be translated alike everywhere."""
    for message in _entries(catalog):
        if not all(_strings(message)):
            continue
        first, where = said.setdefault((_first(message.id), message.context), (message.string, name))
        if first != message.string:
            yield Problem(name, _first(message.id), f"translated otherwise in {where}")


def _entries(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, (tuple, list)) else [message.string or ""]


def _first(message_id: MessageId | list[str]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def _sort_key(key: tuple[MessageId | list[str], str | None]) -> tuple[str, str]:
    return (_first(key[0]), key[1] or "")


def _placeholders(text: str) -> tuple[str, ...]:
    return tuple(sorted(_PLACEHOLDER.findall(text.replace("%%", ""))))


def _allowed_placeholders(message_id: MessageId) -> set[tuple[str, ...]]:
    return {_placeholders(text) for text in ((message_id,) if isinstance(message_id, str) else message_id)}

"""Collecting, checking and compiling translations, on a little source tree of our own."""

import ast
import gettext as stdlib_gettext
from collections.abc import Iterator
from pathlib import Path

import pytest

from springbrett.site import translations


@pytest.fixture
def source(tmp_path: Path) -> Path:
    room = tmp_path / "room"
    (room / "templates" / "room").mkdir(parents=True)
    (room / "__init__.py").touch()
    (room / "words.py").write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext\n"
        'A = _("Hello %(name)s")\n'
        'B = ngettext("%(count)d day", "%(count)d days", 2)\n'
        'C = pgettext("verdict", "Note")\n'
    )
    (room / "templates" / "room" / "page.html").write_text(
        '{% load i18n aksel %}<p>don\'t</p>\n    {% translate "From a tag" %}\n  {% aksel_button _("Save it") %}\n'
        "{% blocktranslate with n=name trimmed %}\n  Dear {{ n }}\n{% endblocktranslate %}\n"
        "{% blocktranslate count c=n %}one{% plural %}{{ c }} many{% endblocktranslate %}"
    )
    return tmp_path


def fill(source: Path, language: str, **words: str) -> Path:
    path = source / "room" / "locale" / language / "LC_MESSAGES" / "django.po"
    text = path.read_text()
    for old, new in words.items():
        text = text.replace(f'msgid "{old}"\nmsgstr ""', f'msgid "{old}"\nmsgstr "{new}"')
    path.write_text(text)
    return path


def test_texts_are_found_in_python_and_templates(source: Path) -> None:
    assert translations.messages_of(source / "room") == {
        ("Hello %(name)s", None), (("%(count)d day", "%(count)d days"), None), ("Note", "verdict"),
        ("From a tag", None), ("Save it", None), ("Dear %(n)s", None), (("one", "%(c)s many"), None),
    }  # fmt: skip


def test_update_keeps_what_is_translated_and_is_stable(source: Path) -> None:
    assert len(translations.update(source)) == 2
    path = fill(source, "nb", **{"Save it": "Lagre"})
    translations.update(source)
    assert 'msgstr "Lagre"' in path.read_text()
    assert translations.update(source) == []


def test_update_keeps_a_dropped_text_aside_and_takes_it_back(source: Path) -> None:
    translations.update(source)
    path = fill(source, "nb", **{"Save it": "Lagre"})
    template = source / "room" / "templates" / "room" / "page.html"
    before = template.read_text()
    template.write_text(before.replace('_("Save it")', '_("Store it")'))
    translations.update(source)
    assert '#~ msgstr "Lagre"' in path.read_text()
    assert any(p.what == "no longer in the code" and p.msgid == "Save it" for p in translations.check(source))
    template.write_text(before)
    translations.update(source)
    assert '\nmsgstr "Lagre"' in path.read_text()
    assert "#~" not in path.read_text()


def test_check_names_missing_texts_and_wrong_placeholders(source: Path) -> None:
    translations.update(source)
    fill(source, "nb", **{"Hello %(name)s": "Hei %(navn)s"})
    problems = translations.check(source)
    assert {p.what for p in problems if p.msgid == "Hello %(name)s" and "/nb/" in p.file} == {"placeholders differ"}
    assert {p.what for p in problems if p.msgid == "Hello %(name)s" and "/nn/" in p.file} == {"not translated"}


def test_check_finds_two_rooms_that_say_the_same_thing_differently(source: Path) -> None:
    other = source / "other"
    other.mkdir()
    (other / "__init__.py").write_text('_("From a tag")')
    translations.update(source)
    fill(source, "nb", **{"From a tag": "Fra et merke"})
    path = other / "locale/nb/LC_MESSAGES/django.po"
    path.write_text(path.read_text().replace('"From a tag"\nmsgstr ""', '"From a tag"\nmsgstr "Noe annet"'))
    assert any(p.what.startswith("translated otherwise") for p in translations.check(source))


def test_compiled_files_can_be_read(source: Path) -> None:
    translations.update(source)
    fill(source, "nb", **{"Save it": "Lagre"})
    written = translations.compile_all(source)
    assert len(written) == 2
    with written[0].open("rb") as file:
        assert stdlib_gettext.GNUTranslations(file).gettext("Save it") == "Lagre"
    assert translations.compile_all(source) == []


def test_the_shell_of_the_site_is_translated_in_full() -> None:
    assert [p for p in translations.check() if p.file.startswith("site/")] == []


def test_a_text_is_found_whatever_the_file_calls_the_function(source: Path) -> None:
    (source / "room" / "later.py").write_text(
        "from django.utils.translation import gettext as _now, gettext_lazy as _, ngettext as count\n"
        "from django.utils.translation import pgettext as within\n"
        'A, B = _now("Why: %(purpose)s"), _("Later")\n'
        'C, D = count("%(n)d place", "%(n)d places", 2), within("period", "to")\n'
    )
    assert translations.messages_of(source / "room") >= {
        ("Why: %(purpose)s", None), ("Later", None), (("%(n)d place", "%(n)d places"), None), ("to", "period"),
    }  # fmt: skip


def test_a_function_of_the_file_itself_is_not_taken_for_a_translation(source: Path) -> None:
    (source / "room" / "other.py").write_text('from somewhere import gettext_like as _now\nA = _now("Not a text")\n')
    assert ("Not a text", None) not in translations.messages_of(source / "room")


@pytest.mark.parametrize("room", translations.rooms(), ids=lambda room: room.name)
def test_every_text_that_a_translating_function_is_given_is_collected(room: Path) -> None:
    collected = {text if isinstance(text, str) else text[0] for text, _context in translations.messages_of(room)}
    for path in room.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for text in translated_in(tree):
            assert text in collected, f"{path}: {text!r}"


def translated_in(tree: ast.AST) -> Iterator[str]:
    """The literal texts given to what was imported from Django's translation, by whatever name."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    given = (name for node in imports if node.module == "django.utils.translation" for name in node.names)
    named = {name.asname or name.name: name.name for name in given if "gettext" in name.name}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in named:
            text = call.args[1 if "pgettext" in named[call.func.id] else 0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value:
                yield text.value

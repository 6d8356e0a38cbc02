"""The rules of the house, kept by the build: what the map, the rooms and the docs say must be the same thing."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from springbrett import catalogue, flow
from springbrett.site import reference, reference_rules

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "springbrett"
ROOMS = sorted(p.name for p in SOURCE.iterdir() if (p / "__init__.py").exists())
STEP_ROOMS = [code for code in flow.CODES if code != "evaluation"]
WRITES_WITHOUT_AN_EVENT = {
    "access.look_log": "the log of looks is itself the append-only record",
    "people.party_let_in": "part of the agreement's service, which records the event",
    "people.office_register": "offices are set up before anybody is there to act",
}
OPEN_TO_ALL = {"access:log_in", "access:log_in_as", "access:log_out"}


def _modules(name: str) -> Iterator[ModuleType]:
    for room in ROOMS:
        if (SOURCE / room / f"{name}.py").exists() or (SOURCE / room / name / "__init__.py").exists():
            yield importlib.import_module(f"springbrett.{room}.{name}")


def _python_files() -> list[Path]:
    return [p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts]


def test_every_step_of_the_path_is_a_room_with_the_same_name() -> None:
    assert [code for code in flow.CODES if code in ROOMS] == list(flow.CODES)


@pytest.mark.parametrize("room", STEP_ROOMS)
def test_a_step_room_has_the_furniture_that_every_step_room_has(room: str) -> None:
    pieces = ("rules", "explain", "models", "services", "selectors", "views", "urls", "templates", "locale")
    missing = [p for p in pieces if not (SOURCE / room / p).exists() and not (SOURCE / room / f"{p}.py").exists()]
    assert not missing


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_opens_with_its_chapter(room: str) -> None:
    assert len(inspect.getdoc(importlib.import_module(f"springbrett.{room}")) or "") > 60


def test_the_map_fits_on_a_page() -> None:
    assert len((SOURCE / "flow.py").read_text().splitlines()) < 80


def test_every_public_writer_is_a_service_that_records_an_event() -> None:
    bare = [
        f"{module.__name__.split('.')[1]}.{name}"
        for module in _modules("services")
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_") and not hasattr(function, "is_service")
    ]
    bare.remove("ledger.record")
    bare.remove("ledger.service")
    assert sorted(bare) == sorted(WRITES_WITHOUT_AN_EVENT)


def test_services_take_keywords_only_and_name_who_acts_first() -> None:
    for module in _modules("services"):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and hasattr(function, "is_service"):
                parameters = list(inspect.signature(function).parameters.values())
                assert parameters[0].name == "actor", f"{module.__name__}.{name}"
                assert all(p.kind in {p.KEYWORD_ONLY, p.VAR_KEYWORD} for p in parameters), f"{module.__name__}.{name}"


def _events_recorded() -> Iterator[tuple[str, str]]:
    for path in _python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in flow.EVENTS:
                yield node.value, path.relative_to(SOURCE).parts[0]


def test_every_event_on_the_map_is_recorded_somewhere() -> None:
    recorded = {event for event, room in _events_recorded() if room != "flow.py"}
    assert sorted(flow.EVENTS - recorded) == []


def _patterns(
    patterns: list[URLPattern | URLResolver], space: str = "", prefix: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            inner = entry.namespace or space
            yield from _patterns(entry.url_patterns, inner, prefix + str(entry.pattern))
        else:
            yield (f"{space}:{entry.name}" if space else str(entry.name)), prefix + str(entry.pattern), entry


PAGES = list(_patterns(get_resolver().url_patterns))


def test_every_page_about_a_case_checks_its_action_and_logs_the_look() -> None:
    unguarded = [
        name for name, route, page in PAGES if "case_id" in route and not hasattr(page.callback, "case_action")
    ]
    assert unguarded == []


def test_every_other_page_is_guarded_by_log_in_and_role() -> None:
    unguarded = [
        name
        for name, route, page in PAGES
        if not name.startswith("site:") and name not in OPEN_TO_ALL and not hasattr(page.callback, "is_guarded")
    ]
    assert unguarded == []


def test_addresses_carry_identifiers_and_never_names_or_numbers_of_persons() -> None:
    for name, route, _ in PAGES:
        assert not re.search(r"<(str|path):", route) or "case" not in route, name
        assert "national" not in route, name


def test_nobody_asks_the_machine_for_the_time_but_the_clock() -> None:
    asks = re.compile(r"\b(date\.today|datetime\.now|datetime\.utcnow|timezone\.now|time\.time)\(")
    found = [str(p.relative_to(SOURCE)) for p in _python_files() if asks.search(p.read_text()) and p.name != "clock.py"]
    assert found == []


def test_every_section_that_the_measure_rests_on_has_a_spec_test() -> None:
    measure = catalogue.load().measure("arbeidstrening")
    duties = {"1-3", "1-6", "3-1", "3-3", "3-4", "3-5", "3-6", "3-7"}
    values = {value.section for _, value in measure.dated_values if value.act == "tiltaksforskriften"}
    assert duties <= values | {"3-1"}
    specified = {section for test in reference_rules.specified() for _, section in test.sections}
    assert sorted(duties - specified) == []
    assert measure.depth == "full"


def test_the_generated_pages_are_current() -> None:
    assert reference.stale() == []


@pytest.mark.parametrize("path", _python_files(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_file_is_short_enough_to_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_names_no_host_and_every_entry_has_a_hash(name: str) -> None:
    lock = (ROOT / name).read_text()
    assert "http" not in lock
    entries = re.findall(r"^[a-z0-9][^\n]*==", lock, re.MULTILINE)
    assert len(entries) > 30
    assert lock.count("--hash=sha256:") >= len(entries)


def test_every_dependency_is_justified() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    page = (ROOT / "docs" / "explanation" / "dependencies.md").read_text().lower()
    block = project.split("dependencies = [")[1].split("]\n")[0] + project.split("dev = [")[1].split("]\n")[0]
    names = re.findall(r'"([a-z][a-z0-9-]*)', block)
    assert [name for name in names if name not in page] == []


def test_no_migration_is_missing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr

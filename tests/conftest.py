"""What the tests share: two offices' worth of people in every role, a case, and a browser-less client per viewer."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from springbrett.access.roles import Role, Viewer
from springbrett.access.web import SESSION_KEY
from springbrett.ledger import append_only
from springbrett.people.models import Case, Office
from tests import build

hypothesis_settings.register_profile("house", deadline=None)  # a busy machine is no fault of the rule
hypothesis_settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database-only`: leave out the tests that never open the database; they say the same on every one."""
    parser.addoption("--database-only", action="store_true", help="only the tests that open the database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what opens the database when only that is asked for."""
    if not config.getoption("--database-only"):
        return
    opens = {"db", "transactional_db", "django_db_setup", "live_server"}
    kept = [i for i in items if i.get_closest_marker("django_db") or opens & set(getattr(i, "fixturenames", ()))]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def pytest_sessionstart(session: pytest.Session) -> None:
    """Read the translations as they are now (once, not in every worker)."""
    if not hasattr(session.config, "workerinput"):
        from springbrett.site import translations

        translations.compile_all()


@pytest.fixture(autouse=True, scope="session")
def _append_only_tables_may_be_emptied_between_transactional_tests() -> Iterator[None]:
    """A transactional test empties every table afterwards; the append-only triggers step aside for that moment only."""
    teardown = TransactionTestCase._fixture_teardown

    def lifted(self: TransactionTestCase) -> None:
        with append_only.lifted(connection):
            teardown(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lifted)
        yield


@pytest.fixture(autouse=True)
def _every_test_begins_in_bokmaal() -> Iterator[None]:
    """A page speaks its viewer's language; what one test asked for must not be heard in the next."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def office(db: None) -> Office:
    return build.make_office()


@pytest.fixture
def other_office(db: None) -> Office:
    return build.make_office()


@pytest.fixture
def caseworker(office: Office) -> Viewer:
    return build.make_viewer(Role.CASEWORKER, office=office)


@pytest.fixture
def other_caseworker(office: Office) -> Viewer:
    """Same role, same office, other portfolio."""
    return build.make_viewer(Role.CASEWORKER, office=office)


@pytest.fixture
def leader(office: Office) -> Viewer:
    return build.make_viewer(Role.OFFICE_LEADER, office=office)


@pytest.fixture
def market_contact(office: Office) -> Viewer:
    return build.make_viewer(Role.MARKET_CONTACT, office=office)


@pytest.fixture
def case(caseworker: Viewer) -> Case:
    return build.make_case(caseworker)


@pytest.fixture
def participant(case: Case) -> Viewer:
    return build.participant_of(case)


@pytest.fixture
def other_participant(caseworker: Viewer) -> Viewer:
    """Same role, other case."""
    return build.participant_of(build.make_case(caseworker))


@pytest.fixture
def client_for() -> Callable[[Viewer], Client]:
    """A test client logged in as a viewer."""

    def log_in(viewer: Viewer) -> Client:
        client = Client()
        session = client.session
        session[SESSION_KEY] = str(viewer.account_id)
        session.save()
        client.cookies["sessionid"] = session.session_key or ""
        return client

    return log_in


@pytest.fixture
def at() -> Iterator[Callable[..., Any]]:
    """`with at(date(2026, 3, 1)):` sets the clock."""
    from springbrett.kernel import clock

    yield clock.at

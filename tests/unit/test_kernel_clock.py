"""The clock stands still when told to, and only there."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from springbrett.kernel import clock


@pytest.fixture(autouse=True)
def without_a_process_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(clock.TODAY_VARIABLE, raising=False)


def test_a_date_means_nine_in_the_morning_in_norway() -> None:
    with clock.at(date(2026, 7, 1)) as moment:
        assert moment == clock.now() == datetime(2026, 7, 1, 7, tzinfo=UTC)
        assert clock.today() == date(2026, 7, 1)
        assert clock.now() == moment
        assert moment.utcoffset() == timedelta(hours=2)


def test_a_moment_elsewhere_is_read_as_norwegian_time() -> None:
    with clock.at(datetime(2026, 1, 31, 23, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 2, 1)
        assert clock.now().isoformat() == "2026-02-01T00:30:00+01:00"


def test_the_inner_block_wins_and_the_outer_returns_even_after_an_error() -> None:
    with clock.at(date(2026, 1, 1)):
        with pytest.raises(RuntimeError), clock.at(date(2027, 1, 1)):
            assert clock.today() == date(2027, 1, 1)
            raise RuntimeError
        assert clock.today() == date(2026, 1, 1)


def test_a_datetime_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"), clock.at(datetime(2026, 1, 1, 12)):
        pass


def test_the_environment_sets_the_date_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.TODAY_VARIABLE, "2026-11-02")
    assert clock.today() == date(2026, 11, 2)
    assert clock.now().isoformat() == "2026-11-02T09:00:00+01:00"
    with clock.at(date(2025, 1, 1)):
        assert clock.today() == date(2025, 1, 1)


@pytest.mark.parametrize("text", ["2026-02-30", "20261102", "2026-W01-1", "in a while", "2026-11-02 "])
def test_an_invalid_process_date_says_what_to_write(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(clock.TODAY_VARIABLE, text)
    with pytest.raises(ValueError, match=r"SPRINGBRETT_TODAY .* YYYY-MM-DD"):
        clock.today()


def test_otherwise_the_clock_tells_the_real_time_in_norway() -> None:
    before = datetime.now(UTC)
    moment = clock.now()
    assert before <= moment <= datetime.now(UTC)
    assert moment.tzinfo is clock.OSLO


def test_a_thread_started_inside_asks_the_process_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.TODAY_VARIABLE, "2026-11-02")
    seen: list[date] = []
    with clock.at(date(2025, 1, 1)):
        thread = threading.Thread(target=lambda: seen.append(clock.today()))
        thread.start()
        thread.join()
    assert seen == [date(2026, 11, 2)]

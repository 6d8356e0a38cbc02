"""Bring the database up, and fill an empty one with the demonstration office."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from springbrett.people.models import Office


def prepare(*, demo: bool, reset: bool = False) -> None:
    """Migrate, and fill an empty database when `demo`; `reset` throws the embedded one away first.

    Raises SystemExit when asked to throw away a database that is not the demonstration's own.
    """
    if reset:
        _throw_away()
    call_command("migrate", verbosity=0)
    if demo and not Office.objects.exists():
        from springbrett.demo.office import fill

        print("Filling the demonstration office …", flush=True)  # noqa: T201  the first thing a newcomer sees
        fill()


def _throw_away() -> None:
    if connection.vendor != "sqlite" or not settings.DEMO_LOG_IN:
        raise SystemExit("Only the demonstration's own embedded database can be thrown away.")
    connection.close()
    for ending in ("", "-wal", "-shm"):
        Path(f"{settings.DATABASES['default']['NAME']}{ending}").unlink(missing_ok=True)

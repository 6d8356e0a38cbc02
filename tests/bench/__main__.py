"""Time what people wait for, each against a stated baseline in the same run. Medians of several rounds, in ms."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "springbrett.site.settings"
os.environ["SPRINGBRETT_VAR"] = tempfile.mkdtemp()
os.environ.pop("SPRINGBRETT_DATABASE_URL", None)

import django

django.setup()


def milliseconds(work: Callable[[], object], rounds: int = 7) -> float:
    """The median time of one call."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000


def line(what: str, took: float, against: str, baseline: float) -> None:
    """Print one comparison."""
    print(f"{what:<58} {took:9.2f} ms   {took / baseline:7.2f} × {against} ({baseline:.2f} ms)")


def catalogue_load() -> None:
    """The whole catalogue, read and validated, against reading the same files as bare TOML."""
    import tomllib

    from springbrett.catalogue import loader

    folder = Path(loader.__file__).parent / "data"
    bare = milliseconds(lambda: [tomllib.loads(p.read_text(encoding="utf-8")) for p in folder.rglob("*.toml")])
    line("load and validate the catalogue", milliseconds(lambda: loader.read(folder)), "bare tomllib", bare)


def choice_options() -> None:
    """Every measure for one person, against one measure for the same person."""
    from springbrett import catalogue
    from springbrett.choice.rules import eligibility, options
    from springbrett.mapping.records import NeedsProfile

    known, on = catalogue.load(), date(2026, 11, 2)
    profile = NeedsProfile(birth_date=date(1991, 5, 17), job_seeker=True, work_experience_norway_years=0.0)
    one = milliseconds(lambda: eligibility(known.measure("arbeidstrening"), profile, on), 50)
    line("all measures for one person", milliseconds(lambda: options(profile, known, on), 50), "one measure", one)


def pages() -> None:
    """The pages of the demonstration office, against the smallest page there is."""
    from django.test import Client

    from springbrett.access.models import Account
    from springbrett.access.web import SESSION_KEY
    from springbrett.demo.prepare import prepare

    prepare(demo=True)
    client = Client(HTTP_HOST="localhost")
    smallest = milliseconds(lambda: client.get("/health/"), 20)
    for role, addresses in {"caseworker": ["/day/", "/portfolio/"], "office_leader": ["/office/", "/results/"]}.items():
        account = Account.objects.filter(role=role).order_by("name").first()
        assert account is not None
        session = client.session
        session[SESSION_KEY] = str(account.id)
        session.save()
        client.cookies["sessionid"] = session.session_key or ""
        for address in addresses:
            line(f"{address} as {role}", milliseconds(lambda a=address: client.get(a), 10), "/health/", smallest)


if __name__ == "__main__":
    catalogue_load()
    choice_options()
    pages()

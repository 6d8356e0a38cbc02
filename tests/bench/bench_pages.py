"""Time the pages of the demonstration office, against the smallest page there is."""

import os
import tempfile

from tests.bench.clock import line, milliseconds


def run() -> None:
    """A caseworker's and an office leader's pages."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "springbrett.site.settings"
    os.environ["SPRINGBRETT_VAR"] = tempfile.mkdtemp()
    os.environ.pop("SPRINGBRETT_DATABASE_URL", None)
    django.setup()
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
    run()

"""The pages one reads in: the catalogue and the history of a case."""

import html as html_lib
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from springbrett import catalogue
from springbrett.access.roles import Role, Viewer
from springbrett.catalogue.codelists import Act
from springbrett.catalogue.entries import ahead
from springbrett.catalogue.structs import Rate, RateValue, Text
from springbrett.desk.charts import HEIGHT, staircase
from springbrett.desk.reading import Reader
from springbrett.kernel import clock
from springbrett.mapping import guide
from springbrett.people.models import Case, Office
from tests import build
from tests.builders.mapping import confirmed_mapping

ClientFor = Callable[[Viewer], Client]
LIMIT_QUERIES, LIMIT_BYTES = 6, 64 * 1024
TODAY = date(2026, 11, 22)
LISTS = ("catalogue", "soon", "diff", "rates", "acts", "codes")


def page(client: Client, url: str, language: str = "nb") -> str:
    """The page, after its queries and bytes have been held against the limits."""
    client.cookies["django_language"] = language
    with clock.at(TODAY), CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200, url
    assert len(queries) <= LIMIT_QUERIES, [query["sql"][:100] for query in queries]
    assert len(response.content) <= LIMIT_BYTES, (url, len(response.content))
    return html_lib.unescape(response.content.decode())


def every_url() -> list[str]:
    known = catalogue.load()
    urls = [reverse(f"desk:{name}") for name in LISTS]
    urls += [reverse("desk:measure", args=[code]) for code in known.measures]
    urls += [reverse("desk:measure_history", args=[code]) for code in known.measures]
    urls += [reverse("desk:act", args=[code]) for code in known.lists["act"]]
    sections = {(entry.value.act, entry.value.section) for entry in Reader(TODAY).entries() if entry.value.section}
    return urls + [reverse("desk:section", args=section) for section in sorted(sections)]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_catalogue_says_how_the_law_is_read_and_where_practice_differs(
    language: str, client_for: ClientFor, caseworker: Viewer
) -> None:
    measure = catalogue.load().measure("arbeidstrening")
    client = client_for(caseworker)
    client.cookies["django_language"] = language
    html = html_lib.unescape(client.get(reverse("desk:measure", args=[measure.code])).content.decode())
    on = clock.today()
    for value in (*measure.target_group_on(on), measure.durations[-1], measure.max_age[-1], measure.needs_levels[-1]):
        assert value.interpretation and value.interpretation.get(language) in html
    relatives = next(rule for rule in measure.rules_on(on) if rule.code == "no_close_relatives")
    assert relatives.exception and relatives.exception.get(language) in html


def test_the_history_says_which_part_of_the_conversation_was_saved(
    client_for: ClientFor, caseworker: Viewer, case: Case
) -> None:
    confirmed_mapping(caseworker, case.id)
    html = client_for(caseworker).get(reverse("desk:history", args=[case.id])).content.decode()
    with override("nb"):
        assert str(guide.section("language").title) in html


def test_every_page_of_the_catalogue_opens_small_and_with_few_queries(
    client_for: ClientFor, caseworker: Viewer
) -> None:
    client = client_for(caseworker)
    for url in every_url():
        page(client, url)


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.OFFICE_LEADER, Role.BUDGET_APPROVER, Role.ANALYST,
                                  Role.ADMINISTRATOR, Role.MARKET_CONTACT])  # fmt: skip
def test_the_law_is_open_to_everyone_who_is_logged_in(role: Role, office: Office, client_for: ClientFor) -> None:
    client = client_for(build.make_viewer(role, office=office))
    for name in LISTS:
        page(client, reverse(f"desk:{name}"))


def test_the_participant_reads_the_law_too(participant: Viewer, client_for: ClientFor) -> None:
    assert "3-5" in page(client_for(participant), reverse("desk:section", args=["tiltaksforskriften", "3-5"]))


@pytest.mark.parametrize("name", LISTS)
def test_nobody_reads_without_logging_in(name: str, db: None) -> None:
    assert Client().get(reverse(f"desk:{name}")).status_code == 302


ENGLISH = re.compile(r"\b(the|and|with|within|months|weeks|from the|a year|before|after|not known|up to)\b", re.I)


def words_of(html: str) -> str:
    """What a reader sees, without what is marked as English."""
    main = html[html.index("<main") : html.index("</main>")]
    main = re.sub(r"<(\w+)[^>]* lang=\"en\".*?</\1>", " ", main, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", main)


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_no_english_stands_on_a_norwegian_page(language: str, client_for: ClientFor, caseworker: Viewer) -> None:
    client = client_for(caseworker)
    names = {act.citation for act in catalogue.load().codes("act") if isinstance(act, Act)}
    for url in every_url():
        text = words_of(page(client, url, language))
        for name in names:
            text = text.replace(name, " ")
        assert not (found := ENGLISH.search(text)), (url, text[max(found.start() - 60, 0) : found.end() + 60])


def test_every_value_leads_to_its_section_and_the_text_of_it(client_for: ClientFor, caseworker: Viewer) -> None:
    html = page(client_for(caseworker), reverse("desk:measure", args=["arbeidstrening"]))
    assert "/catalogue/sources/tiltaksforskriften/3-5/" in html
    assert "https://lovdata.no/forskrift/2015-12-11-1598/§3-5" in html


def test_a_section_shows_all_that_rests_on_it_over_time(client_for: ClientFor, caseworker: Viewer) -> None:
    html = page(client_for(caseworker), reverse("desk:section", args=["tiltaksforskriften", "9-4"]), "en")
    known = catalogue.load()
    assert known.measure("midlertidig_lonnstilskudd").name.en in html
    resting = [d for d in known.measure("midlertidig_lonnstilskudd").durations if d.section == "9-4"]
    assert resting
    for duration in resting:
        assert all(more.text.en in html for more in duration.extensions)
    assert client_for(caseworker).get("/catalogue/sources/tiltaksforskriften/99-9/").status_code == 404
    assert client_for(caseworker).get("/catalogue/sources/no_such_act/3-5/").status_code == 404


@pytest.mark.parametrize("code", ["evaluation_at_2023", "nav_agreement_system", "house"])
def test_a_report_a_practice_and_our_own_choice_say_what_they_are(
    code: str, client_for: ClientFor, caseworker: Viewer
) -> None:
    html = page(client_for(caseworker), reverse("desk:act", args=[code]), "en")
    said = {"evaluation_at_2023": "it is not a rule", "nav_agreement_system": "never stops anybody",
            "house": "A choice made here"}[code]  # fmt: skip
    assert said in html


def test_a_measure_is_read_as_it_stood_on_another_day(client_for: ClientFor, caseworker: Viewer) -> None:
    client, url = client_for(caseworker), reverse("desk:measure", args=["vtao"])
    assert "cannot be given on 31 August 2026" in page(client, f"{url}?on=2026-08-31", "en")
    assert "cannot be given on" not in page(client, f"{url}?on=2026-09-01", "en")


def test_what_is_over_stands_apart_with_what_took_its_place(client_for: ClientFor, caseworker: Viewer) -> None:
    html = page(client_for(caseworker), reverse("desk:catalogue"), "en")
    _running, _mark, earlier = html.partition("Earlier measures and trials")
    over = [m for m in catalogue.load().measures.values() if not m.in_force(TODAY) and m.valid[-1].from_ <= TODAY]
    assert over
    assert all(measure.name.en in earlier for measure in over)
    assert "Replaced by:" in earlier


def test_what_lies_ahead_stands_on_the_front_page_and_in_full_by_day(client_for: ClientFor, caseworker: Viewer) -> None:
    coming = ahead(catalogue.load(), TODAY)
    assert coming
    front = page(client_for(caseworker), reverse("desk:catalogue"), "en")
    whole = page(client_for(caseworker), reverse("desk:soon"), "en")
    owner = Reader(TODAY).change(coming[0]).owner
    assert owner in front.partition("Placement with an employer")[0]
    assert all(Reader(TODAY).owner_name(change.kind, change.owner) for change in coming)
    assert owner in whole


def test_two_days_are_compared_and_the_form_says_what_is_wrong(client_for: ClientFor, caseworker: Viewer) -> None:
    client, url = client_for(caseworker), reverse("desk:diff")
    html = page(client, f"{url}?before=2026-08-31&after=2026-09-01", "en")
    assert catalogue.load().measure("vtao").name.en in html
    many = page(client, f"{url}?before=2016-06-01&after=2026-09-01", "en")
    assert "There are many" in many
    one = page(client, f"{url}?before=2016-06-01&after=2026-09-01&of=measure.arbeidstrening", "en")
    assert catalogue.load().measure("arbeidstrening").name.en in one
    assert "There are many" not in one
    assert "Nothing differs" in page(client, f"{url}?before=2026-11-01&after=2026-11-01", "en")
    assert "Nothing differs" not in page(client, f"{url}?before=nonsense&after=2026-11-01", "en")


def test_law_and_practice_are_read_side_by_side(client_for: ClientFor, caseworker: Viewer) -> None:
    html = page(client_for(caseworker), reverse("desk:measure", args=["arbeidstrening"]), "en")
    table = html.partition("Law and practice side by side")[2].partition("</table>")[0]
    rows = {row.partition("</th>")[0].rpartition(">")[2]: row for row in table.split("<tr>")[1:]}
    assert "Up to 12 months" in rows["How long"]
    assert "allows 18 months for everyone" in rows["How long"]
    assert "At least every 3 months" in rows["Review"]
    assert "The law sets nothing here" in rows["Upper age limit"]


def test_a_rate_tells_its_history_draws_it_and_says_what_is_not_known(
    client_for: ClientFor, caseworker: Viewer
) -> None:
    html = page(client_for(caseworker), reverse("desk:rates"), "en")
    section = html.partition('id="inkluderingstilskudd_max"')[2].partition("</section>")[0]
    values = catalogue.load().rate("inkluderingstilskudd_max").values
    for value in values:
        if value.amount is not None:
            assert f"NOK {value.amount:,}" in section
    assert section.count("Not known here") == sum(value.amount is None for value in values)
    assert '<svg viewBox="0 0' in section
    assert 'role="img"' in section
    assert "style=" not in section


def rate(*values: tuple[date, int | None]) -> Rate:
    text = Text(nb="a", nn="b", en="c")
    dated = tuple(
        RateValue(from_=day, ref="house", source="house", amount=None if n is None else Decimal(n)) for day, n in values
    )
    return Rate(code="x", name=text, unit="NOK", values=dated)


def test_the_staircase_rises_with_the_rate_and_breaks_where_it_is_not_known() -> None:
    found = staircase(rate((date(2024, 1, 1), 10), (date(2025, 1, 1), None), (date(2026, 1, 1), 20)), TODAY)
    assert found is not None
    assert (found.low, found.high, found.gaps) == (10, 20, True)
    assert found.path.count("M") == 2
    heights = [float(point.split()[1]) for point in re.split("[ML]", found.path) if point]
    assert heights[0] == heights[1] > heights[2] == heights[3]
    assert all(0 <= height <= HEIGHT for height in heights)
    unbroken = staircase(rate((date(2024, 1, 1), 10), (date(2025, 1, 1), 20)), TODAY)
    assert unbroken is not None
    assert (unbroken.path.count("M"), unbroken.gaps) == (1, False)


def test_one_known_value_is_no_staircase() -> None:
    assert staircase(rate((date(2024, 1, 1), 10)), TODAY) is None
    assert staircase(rate((date(2024, 1, 1), 10), (date(2025, 1, 1), None)), TODAY) is None
    assert staircase(rate((date(2024, 1, 1), 10), (date(2025, 1, 1), 10)), TODAY) is None

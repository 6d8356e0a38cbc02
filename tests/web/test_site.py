"""The shell of the site: the base page, the look, errors in plain words, language."""

import gzip
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import django_htmx
import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from springbrett.access.policy import Decision, Denied
from springbrett.access.roles import Role, Viewer
from springbrett.kernel.verdict import Answer, Fact, Ref, Severity, Verdict
from springbrett.people.selectors import CaseNotFound
from springbrett.site import context, icons, views, words
from springbrett.site.middleware import DeniedMiddleware

SOURCE = Path(__file__).resolve().parents[2] / "src" / "springbrett"
STATIC = SOURCE / "site" / "static" / "site"
FIRST_VISIT_BYTES = 150_000
UNSTYLED = {"aksel-checkboxes", "aksel-checkbox-group", "aksel-radio-buttons", "aksel-radio-group"}
"""Classes of the design system's own markup that have no rules in its stylesheet."""


@pytest.fixture(autouse=True)
def _bokmaal() -> Iterator[None]:
    """Bokmål before and after: a request leaves its language active."""
    with translation.override("nb"):
        yield


@pytest.fixture
def guide(client: Client) -> str:
    return client.get("/styleguide/").content.decode()


def drawn(source: str, **values: object) -> str:
    return Template("{% load aksel i18n %}" + source).render(Context(values))


def test_the_page_says_its_language_and_lets_one_skip_to_the_content(guide: str) -> None:
    assert '<html lang="nb">' in guide
    assert '<a class="sb-skip" href="#main">Hopp til innholdet</a>' in guide
    assert '<main id="main"' in guide


def test_nothing_is_inline_so_that_the_strict_policy_holds(client: Client, guide: str) -> None:
    assert not re.search(r"\sstyle=", guide)
    assert not re.search(r"<style", guide)
    assert not re.search(r"<script(?![^>]*\ssrc=)", guide)
    assert not re.search(r"\son[a-z]+=", guide)
    policy = client.get("/styleguide/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy


def test_no_template_of_any_room_has_inline_style_script_or_handlers() -> None:
    guilty = [
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.glob("*/templates/**/*.html")
        if re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=\"", path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_the_first_visit_weighs_at_most_150_kilobytes(guide: str) -> None:
    htmx = Path(str(django_htmx.__file__)).parent / "static/django_htmx/htmx-2.min.js"
    files = [STATIC / "aksel.css", STATIC / "springbrett.css", STATIC / "springbrett.js", STATIC / "mark.svg", htmx]
    total = sum(len(gzip.compress(path.read_bytes())) for path in files) + len(gzip.compress(guide.encode()))
    total += (STATIC / "source-sans-3.woff2").stat().st_size
    assert total <= FIRST_VISIT_BYTES


def test_the_stylesheet_asks_no_other_host_for_anything() -> None:
    css = (STATIC / "aksel.css").read_text(encoding="utf-8") + (STATIC / "springbrett.css").read_text(encoding="utf-8")
    assert re.findall(r"url\([^)]*\)", css) == ['url("source-sans-3.woff2")']
    assert "http" not in css


def test_every_component_that_templates_use_is_in_the_trimmed_stylesheet() -> None:
    css = (STATIC / "aksel.css").read_text(encoding="utf-8")
    known = {name.split("__")[0].split("--")[0] for name in re.findall(r"\.(aksel-[\w-]+)", css)}
    used = set()
    for path in SOURCE.glob("*/templates/**/*.html"):
        used.update(name for name in re.findall(r"aksel-[a-z][\w-]*", path.read_text(encoding="utf-8")))
    blocks = {name.split("__")[0].split("--")[0].rstrip("-") for name in used}
    assert blocks - known - UNSTYLED == set()


def test_every_icon_that_templates_name_is_vendored() -> None:
    named = set()
    for path in SOURCE.glob("*/templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        named.update(re.findall(r'aksel_icon "(\w+)"', text) + re.findall(r'icon="(\w+)"', text))
    assert named - set(icons.names()) == set()


def test_an_unknown_icon_says_what_to_do() -> None:
    with pytest.raises(KeyError, match="copy_aksel"):
        icons.draw("Unicorn")


@pytest.mark.parametrize(("language", "title"), [("nb", "Her er det ingenting"), ("nn", "Her er det ingenting"),
                                                 ("en", "There is nothing here")])  # fmt: skip
def test_a_missing_page_is_explained_in_the_readers_language(client: Client, language: str, title: str) -> None:
    client.cookies["django_language"] = language
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert title in response.content.decode()


@pytest.mark.parametrize("why", ["protected_person", "outside_office", "outside_portfolio", "other_role", "anything"])
def test_a_refusal_says_why_and_what_to_do(why: str) -> None:
    request = RequestFactory().get("/x/")
    response = DeniedMiddleware(views.health).process_exception(request, Denied(Decision(False, why)))
    assert response is not None
    assert response.status_code == 403
    text = response.content.decode()
    assert "Du har ikke tilgang til dette" in text
    assert text.count("<p>") >= 3
    assert why not in text


def test_a_case_that_does_not_exist_is_a_missing_page() -> None:
    response = DeniedMiddleware(views.health).process_exception(RequestFactory().get("/x/"), CaseNotFound())
    assert response is not None
    assert response.status_code == 404


def test_other_exceptions_are_left_to_the_500_page() -> None:
    middleware = DeniedMiddleware(views.health)
    assert middleware.process_exception(RequestFactory().get("/x/"), ValueError("x")) is None


@pytest.mark.parametrize(("language", "title"), [("nb", "Noe gikk galt hos oss"), ("nn", "Noko gjekk gale hos oss"),
                                                 ("en", "Something broke on our side")])  # fmt: skip
def test_our_own_mistakes_are_explained_without_database_or_session(language: str, title: str) -> None:
    request = RequestFactory().get("/x/")
    request.COOKIES["django_language"] = language
    response = views.broken(request)
    assert response.status_code == 500
    assert title in response.content.decode()


def test_a_form_from_an_old_page_gets_an_explanation() -> None:
    response = Client(enforce_csrf_checks=True).post("/language/", {"language": "en"})
    assert response.status_code == 403
    assert "Siden sto åpen for lenge" in response.content.decode()


def test_a_clash_between_two_editors_is_explained() -> None:
    text = render_to_string("site/errors/409.html", {"changed": ["Timer"], "url": "/x/"})
    assert "En annen har lagret i mellomtiden" in text
    assert "Timer" in text


def test_the_language_is_switched_without_javascript_and_stays_on_the_page(client: Client) -> None:
    response = client.post("/language/", {"language": "nn", "next": "/styleguide/"})
    assert (response.status_code, response["Location"]) == (303, "/styleguide/")
    assert '<html lang="nn">' in client.get("/styleguide/").content.decode()


def test_the_language_switch_leads_nowhere_else(client: Client) -> None:
    response = client.post("/language/", {"language": "xx", "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"
    assert "django_language" not in response.cookies


@pytest.mark.django_db
def test_health_answers_while_the_database_does(client: Client) -> None:
    assert client.get("/health/").json() == {"status": "ok"}


def test_the_menu_follows_the_role_and_leaves_out_what_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "url_or_nothing", lambda name: "" if name == "desk:results" else f"/{name}/")
    items = context.menu(Role.CASEWORKER, "/desk:portfolio/2/")
    assert [item.url for item in items] == ["/desk:day/", "/desk:portfolio/", "/employers:list/", "/desk:catalogue/"]
    assert [item.within for item in items] == [False, True, False, False]
    assert context.menu(Role.PARTICIPANT, "/")[0].url == "/desk:mine/"


def test_every_role_has_a_name() -> None:
    assert set(words.ROLE_LABELS) == {role.value for role in Role}


def test_the_header_shows_who_is_logged_in_and_as_what() -> None:
    request = RequestFactory().get("/x/")
    request.viewer = Viewer(uuid4(), Role.OFFICE_LEADER, "Ada Example")  # type: ignore[attr-defined]
    text = render_to_string("site/header.html", request=request)
    assert "Ada Example" in text
    assert "Kontorleder" in text
    assert "Logg ut" in text


class _Form(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the door.")
    start = forms.DateField(label="Start")
    kind = forms.ChoiceField(label="Kind", widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")])
    days = forms.MultipleChoiceField(label="Days", required=False, widget=forms.CheckboxSelectMultiple,
                                     choices=[("mon", "Mon")])  # fmt: skip
    sure = forms.BooleanField(label="Sure")


def test_an_ordinary_form_is_drawn_in_the_look() -> None:
    text = _Form().as_page()  # type: ignore[attr-defined]
    assert 'aria-describedby="id_name_helptext"' in text
    assert 'id="id_name_helptext">As on the door.' in text
    assert '<input type="date" name="start"' in text
    assert text.count("<fieldset") == 2
    assert text.count("(valgfritt)") == 1
    assert "aksel-error-summary" not in text


def test_errors_are_listed_first_with_links_tied_to_the_fields_and_the_typing_is_kept() -> None:
    form = _Form({"name": "", "start": "32.13.2026"})
    form.add_error(None, "These do not go together.")
    text = str(form)
    assert text.index("aksel-error-summary") < text.index("<input")
    for target in ("id_name", "id_start", "id_kind", "id_sure"):
        assert f'href="#{target}"' in text
        assert f'id="{target}"' in text
        assert f'id="{target}_error"' in text
    assert "These do not go together." in text
    assert '<input type="text" name="start" class' in text
    assert 'value="32.13.2026"' in text


def test_what_is_typed_into_a_form_cannot_become_markup() -> None:
    assert "<b>x" not in str(_Form({"name": "<b>x", "start": '"><b>x'}))


def test_a_verdict_shows_answer_sentence_rule_facts_and_what_would_change_it() -> None:
    ref = Ref("tiltaksforskriften", "3-5", "law")
    leaf = Verdict("no_such_rule", Answer.UNKNOWN, Severity.STOP, ref, (Fact("months_used", None),), ("some_fact",))
    top = Verdict("no_such_top", Answer.NOT_MET, Severity.WARNING, ref, children=(leaf,))
    text = drawn("{% verdict_tree verdict %}", verdict=top)
    assert "<details" in text
    assert "Hvorfor?" in text
    assert "Merk</b> no_such_top" in text
    assert "Ikke kjent ennå</b> no_such_rule" in text
    assert "§ 3-5</a> (etter forskriften)" in text
    assert "ukjent" in text
    assert "Dette ville endret svaret: some fact" in text


def test_values_are_said_in_the_language_of_the_page() -> None:
    said = {}
    for language in ("nb", "nn", "en"):
        with translation.override(language):
            said[language] = [words.date_long(date(2026, 11, 22)), words.fact(True), words.fact(Decimal("37.5")),
                              words.months(6), words.fact(("nei", "ja"))]  # fmt: skip
    assert said["nb"] == ["22. november 2026", "ja", "37,5", "6 måneder", "nei og ja"]
    assert said["nn"] == ["22. november 2026", "ja", "37,5", "6 månader", "nei og ja"]
    assert said["en"] == ["22 November 2026", "yes", "37.5", "6 months", "nei and ja"]


def test_text_given_to_tags_is_escaped() -> None:
    for source in ("{% aksel_tag x %}", "{% aksel_button x %}", "{% aksel_summary rows %}", "{% timeline entries %}",
                   "{% bars bars %}", "{% aksel_link_card '/' x x %}", "{% aksel_stepper steps %}"):  # fmt: skip
        evil = "<b>x"
        text = drawn(source, x=evil, rows=[(evil, evil)], entries=[{"on": None, "title": evil, "body": evil}],
                     bars=[(evil, 1, evil)], steps=[{"label": evil, "url": "", "state": "open"}])  # fmt: skip
        assert evil not in text
        assert "&lt;b&gt;x" in text


def test_bars_keep_a_decimal_point_in_the_drawing_whatever_the_language() -> None:
    text = drawn("{% bars rows %}", rows=[("a", 3), ("b", 1)])
    assert 'width="33.3%"' in text
    assert 'width="100.0%"' in text


def test_the_shared_drawings_are_those_of_the_icons() -> None:
    kept = (icons.ICONS_FILE.parent / "static/site/marks.svg").read_text(encoding="utf-8")
    assert kept == icons.marks_file()

"""A temporary wage subsidy from the choice to a job in force: the parties approve, the money is asked for, somebody
with a budget grants it although the year's is used up, and only then can the caseworker approve."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from springbrett.kernel.period import add_months
from tests.browser.conftest import Login
from tests.browser.screens import Agreement, CaseDesk, Screen, fill

pytestmark = pytest.mark.browser
CASEWORKER, SILJE, SHOP, APPROVER = "Ingrid Solbakken", "Silje Fossdal", "Even Lysaker", "Hanne Kvernmoen"
MEASURE, OPENING = "Midlertidig lønnstilskudd", "Hjelp på sykkelverksted"
TODAY = date.today()  # noqa: DTZ011 - the server's own day


def test_a_wage_subsidy_walks_from_the_choice_to_in_force(log_in: Login) -> None:
    ingrid = CaseDesk(log_in(CASEWORKER))
    silje, even, hanne = (Screen(log_in(name)) for name in (SILJE, SHOP, APPROVER))
    ingrid.open(SILJE)
    say_what_the_subsidy_rests_on(ingrid)
    choose_the_subsidy_and_the_shop(ingrid)
    write_the_agreement(ingrid)
    cannot_ask_before_the_others(ingrid)
    both_approve(even, silje)
    ask_for_the_money(ingrid)
    grant_it_though_the_year_is_used_up(hanne)
    approve_last(ingrid)
    read_what_was_granted(even)


def say_what_the_subsidy_rests_on(ingrid: CaseDesk) -> None:
    """The percentage follows from the work capacity: while that is unknown, so is the cost."""
    ingrid.step("Kartlegging")
    ingrid.follow("Situasjon og innsatsbehov")
    ingrid.answer("Situasjon og innsatsbehov", needs_level="situasjonsbestemt_innsats", job_seeker="yes",
                  reduced_work_capacity="no", work_capacity_clarified="yes")  # fmt: skip
    ingrid.page.goto(f"{ingrid.address}mapping/")
    ingrid.press("Bekreft denne versjonen")


def choose_the_subsidy_and_the_shop(ingrid: CaseDesk) -> None:
    ingrid.step("Valg")
    ingrid.follow(MEASURE)
    ingrid.reads("Personen har fått vurdert at han eller hun trenger hjelp", "Tiltaksforskriften § 9-3")
    ingrid.follow("Bestem dette tiltaket")
    ingrid.decide(MEASURE, agrees_with_person="yes", acknowledged=True, person_wish_measure="midlertidig_lonnstilskudd",
                  reason="Verkstedet ansetter når det får hjelp med lønnen i begynnelsen.")  # fmt: skip
    ingrid.step("Kobling")
    ingrid.follow(OPENING)
    ingrid.choose_workplace("Lite sted, og hun kan møte når det passer.")
    ingrid.reads("Valgt arbeidsplass", OPENING)


def write_the_agreement(ingrid: CaseDesk) -> None:
    """The form has the subsidy's own parts: the post, the wage, and the questions the regulation asks."""
    ingrid.step("Avtale")
    ingrid.press("Lag et utkast til avtale")
    start = TODAY + timedelta(days=10)
    ingrid.change_agreement(
        purpose_note="Fast jobb uten tilskudd etter et halvt år.", training="Gir, bremser og kassen.",
        position_title="Verkstedmedarbeider", position_percent=60, position_length="permanent",
        wage_monthly="21 000", wage_pension_share=2, start=start, end=add_months(start, 6) - timedelta(days=1),
        days=["mon", "tue", "wed"], ramp_from_1=start, ramp_hours_1=22, other_considered="yes",
        displaces_ordinary_staff="no", close_relative="no", answer_already_employed="no",
        answer_trouble_without_subsidy="yes", answer_permanent_or_special_trial="yes",
        answer_other_public_support="no", answer_company_in_difficulty="no",
        contact_employer_name=SHOP, contact_nav_name=CASEWORKER,
    )  # fmt: skip
    ingrid.reads("Avtalen, versjon 2", "21 000 kroner i måneden", "Det NAV betaler")


def cannot_ask_before_the_others(ingrid: CaseDesk) -> None:
    """The parties agree first: money is asked for what they have approved."""
    expect(ingrid.page.get_by_role("button", name="Be om pengene")).to_have_count(0)


def both_approve(even: Screen, silje: Screen) -> None:
    even.page.goto("/company/")
    even.page.goto(even.main.locator("#to-approve ~ ul a").first.get_attribute("href") or "")
    even.reads(MEASURE, "21 000 kroner i måneden")
    Agreement(even.page).approve()
    silje.page.goto("/mine/")
    silje.main.get_by_role("link", name="Les avtalen med").click()
    Agreement(silje.page).approve()


def ask_for_the_money(ingrid: CaseDesk) -> None:
    """The rules say that the money is missing, and asking for it is one button away."""
    ingrid.step("Avtale")
    ingrid.reads("Pengene må innvilges før avtalen trer i kraft, og ingen har bedt om dem.")
    ingrid.press("Be om pengene")
    ingrid.reads("Det er bedt om pengene")


def grant_it_though_the_year_is_used_up(hanne: Screen) -> None:
    """The approver sees no name, what the request does to each year's budget, and must say why more is spent."""
    hanne.page.goto("/")
    hanne.at("Min dag")
    hanne.reads("Det er ikke noe fritt i budsjettet for Lønnstilskudd")
    hanne.main.get_by_role("link", name=f"{MEASURE}:").last.click()
    hanne.reads("Søknaden sprenger budsjettet.", "Tråkk Sykkelverksted AS", "40 %")
    hanne.never_reads("Silje")
    hanne.main.locator("[name=reason_code][value=prioritised]").check()
    hanne.press("Bestem")
    hanne.reads("Hvorfor innvilges det når budsjettet ikke dekker det?")
    fill(hanne.main, override_reason="more_allocated")
    hanne.press("Bestem")
    hanne.page.goto("/funding/")
    hanne.never_reads("Tråkk Sykkelverksted AS · sak")


def approve_last(ingrid: CaseDesk) -> None:
    ingrid.step("Avtale")
    ingrid.reads("Innvilget")
    ingrid.approve_last()
    ingrid.reads("Versjon 2 gjelder.")


def read_what_was_granted(even: Screen) -> None:
    """The employer sees each month and when it can be claimed."""
    even.page.goto("/company/refunds/")
    even.main.get_by_role("link", name=SILJE).first.click()
    even.reads("Kan kreves senere")

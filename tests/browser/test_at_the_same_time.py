"""Two at once: nothing typed is lost, and a thing that happens once happens once."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Login
from tests.browser.screens import Agreement, CaseDesk, Screen, fill

pytestmark = pytest.mark.browser
CASEWORKER = "Ingrid Solbakken"


def editing(log_in: Login, person: str) -> CaseDesk:
    """A caseworker with the person's agreement open for change, in a browser of their own."""
    desk = CaseDesk(log_in(CASEWORKER))
    desk.open(person)
    desk.step("Avtale")
    desk.follow("Endre avtalen")
    desk.at("Skriv avtalen")
    return desk


def approvals_by_henriette(ingrid: CaseDesk) -> int:
    """How many approvals of hers the case's history holds."""
    ingrid.page.goto(f"{ingrid.address}history/?step=agreement")
    ingrid.at("Historikk i saken")
    said = ingrid.main.get_by_role("listitem").filter(has_text="Henriette Lundby")
    return said.filter(has_text="Avtalen ble godkjent").count()


def test_the_second_to_save_sees_both_texts_and_loses_nothing(log_in: Login) -> None:
    first, second = editing(log_in, "Tommy Grønli"), editing(log_in, "Tommy Grønli")
    first.change_agreement(tasks="Lasting på Gulskogen.", expected="Vet om sjåføryrket passer.",
                           reason_code="tasks_fit_better")  # fmt: skip
    first.reads("Lasting på Gulskogen.")

    second.change_agreement(tasks="Lasting i Lierstranda.", training="Sikring av last.",
                            reason_code="tasks_fit_better", reason_text="Avtalt med Arild.")  # fmt: skip
    second.reads("En annen har lagret i mellomtiden", "Dere har begge endret dette")
    second.reads("Lasting på Gulskogen.", "Lasting i Lierstranda.")
    second.reads("Vet om sjåføryrket passer.")
    expect(second.main.locator("[name=tasks]")).to_have_value("Lasting i Lierstranda.")
    expect(second.main.locator("[name=training]")).to_have_value("Sikring av last.")
    expect(second.main.locator("[name=reason_text]")).to_have_value("Avtalt med Arild.")

    fill(second.main, take_tasks="theirs")
    second.press("Lagre ny versjon")
    second.reads("Lasting på Gulskogen.", "Sikring av last.", "Vet om sjåføryrket passer.")
    second.never_reads("Lasting i Lierstranda.")


def test_an_approval_given_twice_is_one_approval_and_a_friendly_word(log_in: Login) -> None:
    ingrid = editing(log_in, "Rashid Karimi")
    ingrid.change_agreement(ramp_hours_1="24", reason_code="hours_up")
    before = approvals_by_henriette(ingrid)
    henriette = Agreement(log_in("Henriette Lundby"))
    henriette.page.goto("/company/")
    henriette.follow("Rashid Karimi")
    other_tab = Agreement(henriette.page.context.new_page())
    other_tab.page.goto(henriette.page.url)
    henriette.approve()
    henriette.stands("Arbeidsgiveren", "Godkjent")
    other_tab.approve()
    other_tab.reads("Godkjenningen er allerede registrert.")
    other_tab.stands("Arbeidsgiveren", "Godkjent")
    assert approvals_by_henriette(ingrid) == before + 1


def test_a_double_click_sends_a_form_once(log_in: Login) -> None:
    ingrid = CaseDesk(log_in(CASEWORKER))
    ingrid.open("Amina Warsame")
    ingrid.step("Oppfølging")
    ingrid.follow("Skriv inn kontakt")
    fill(ingrid.main, kind="phone_participant", attended=["participant"], agreed="Trykket to ganger på rad.")
    ingrid.page.get_by_role("button", name="Lagre", exact=True).dblclick()
    ingrid.at("Oppfølging")
    expect(Screen(ingrid.page).main.get_by_text("Trykket to ganger på rad.")).to_have_count(1)

"""Josef's case from mapping to the next case, through the screens of all three parties, in a real browser.

One story: the steps follow each other, as they do for the people. A second, shorter story walks the key steps of
another case with JavaScript off.
"""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from springbrett.kernel.period import add_months
from tests.browser.conftest import Login
from tests.browser.screens import Agreement, CaseDesk, Screen, fill

pytestmark = pytest.mark.browser
CASEWORKER, JOSEF, CLINIC = "Ingrid Solbakken", "Josef Haddad", "Mona Eriksrud"
OPENING = "Assistent og resepsjon på tannklinikk"
SECRET = "Noen snakker veldig fort, men jeg vil ikke klage."
TODAY = date.today()  # noqa: DTZ011 - the server's own day


def test_josef_walks_from_mapping_to_the_next_case(log_in: Login) -> None:
    ingrid = CaseDesk(log_in(CASEWORKER))
    josef, mona = Screen(log_in(JOSEF)), Screen(log_in(CLINIC))
    ingrid.open(JOSEF)
    map_what_is_known(ingrid)
    choose_a_language_placement(ingrid)
    find_the_clinic(ingrid)
    write_the_agreement(ingrid)
    approve_it_all_three(ingrid, mona, josef)
    change_the_hours_and_approve_again(ingrid, mona, josef)
    follow_up(ingrid, mona)
    tell_nav_alone(ingrid, mona, josef)
    end_it_for_a_subsidy(ingrid)
    judge_it_by_all_three(ingrid, mona, josef)
    go_on_in_a_chained_case(ingrid)
    read_the_history(ingrid)
    see_who_has_looked(josef)


def map_what_is_known(ingrid: CaseDesk) -> None:
    """The conversation, part by part, until nothing is left open that matters."""
    ingrid.step("Kartlegging")
    ingrid.reads("Ikke kjent ennå", "Ledige plasser sorteres først etter hva personen ønsker.")
    ingrid.follow("Situasjon og innsatsbehov")
    ingrid.answer("Situasjon og innsatsbehov", needs_level="situasjonsbestemt_innsats", job_seeker="yes",
                  reduced_work_capacity="no", work_capacity_clarified="yes")  # fmt: skip
    ingrid.answer("Arbeid til nå", work_experience_years=6, work_experience_norway_years=0, last_worked_years_ago=3,
                  work_history="Tannhelsesekretær i seks år.", previous_measures=["none_of_these"])  # fmt: skip
    ingrid.answer("Utdanning og kurs", education_level="vocational", started_trade_certificate="no")
    ingrid.answer("Språk", cefr_oral="A2", cefr_written="A2", years_in_norway=2)
    fill(ingrid.main, knows_what_work="yes", q="tannhelse")
    ingrid.press("Søk")
    fill(ingrid.main, wishes_occupations=["3256"], wishes_industries=["health_services"], contact_employer_self="yes")
    ingrid.press("Lagre og gå videre")
    ingrid.answer("Motivasjon og tro på seg selv", motivation=5, confidence=3,
                  motivation_words="Jeg vil tilbake til en tannklinikk.")  # fmt: skip
    ingrid.answer("Hva personen kan gjøre på jobb", demand__precision="can", demand__customer_contact="with_adaptation",
                  followup_need=2)  # fmt: skip
    ingrid.answer("Hva som ville hjulpet på jobb", adaptations_needed=["language_buddy"])
    ingrid.answer("Praktiske grenser", hours_min=15, hours_max=37, commute_max_km=60, childcare_limits="no")
    ingrid.answer("Støtte rundt personen", support_network=["family"])
    ingrid.answer("Mål og eget ønske", goals="Fast jobb der jeg kan bruke faget mitt.",
                  own_wish_measure="arbeidstrening")  # fmt: skip
    ingrid.at("Kartlegging")
    ingrid.press("Bekreft denne versjonen")
    ingrid.reads("Versjon 2 er bekreftet")


def choose_a_language_placement(ingrid: CaseDesk) -> None:
    """Every measure has its «Hvorfor?»; the choice is a person's, with a reason."""
    ingrid.step("Valg")
    ingrid.follow("Arbeidstrening")
    ingrid.reads("Personen er minst 16 år.", "Tiltaksforskriften § 3-3")
    ingrid.reads("Språkopplæring", "Taler for")
    ingrid.follow("Bestem dette tiltaket")
    ingrid.decide(
        "Arbeidstrening", chain="language", person_wish_measure="arbeidstrening", agrees_with_person="yes",
        person_wish="Vil jobbe på tannklinikk og lære norsk der.",
        reason="Josef kan faget. Det som mangler, er norsk i arbeid.",
    )  # fmt: skip
    ingrid.reads("Bestemt", "Arbeidstrening: Språkopplæring", "Josef kan faget.")


def find_the_clinic(ingrid: CaseDesk) -> None:
    """The clinic comes first, and the page says why. Josef has asked there himself."""
    ingrid.step("Kobling")
    expect(ingrid.main.locator("article").first).to_contain_text(OPENING)
    ingrid.follow(OPENING)
    ingrid.reads("Taler for")
    ingrid.tell_of_a_contact(by="person", result="interested")
    ingrid.reads("Arbeidsgiveren er interessert")
    ingrid.choose_workplace("Faget hans, og folk som tar seg tid til å snakke.")
    ingrid.reads("Valgt arbeidsplass", OPENING)


def write_the_agreement(ingrid: CaseDesk) -> None:
    """The draft is filled in from what is known; the rest is written together."""
    ingrid.step("Avtale")
    ingrid.press("Lag et utkast til avtale")
    ingrid.change_agreement(**the_rest_of_the_agreement())
    ingrid.reads("Avtalen, versjon 2", "15 timer i uken", "Norske navn på instrumenter.")


def the_rest_of_the_agreement() -> dict[str, object]:
    return {
        "purposes": ["language"], "main_purpose": "language", "tasks": "Klargjøre rom og rense utstyr.",
        "training": "Norske navn på instrumenter.", "expected": "B1 muntlig.", "other_considered": "yes",
        "start": TODAY, "end": add_months(TODAY, 6) - timedelta(days=1), "days": ["mon", "tue", "wed"],
        "ramp_from_1": TODAY, "ramp_hours_1": 15, "discussed_with_employee_reps": "yes",
        "displaces_ordinary_staff": "no", "close_relative": "no", "employed_in_company": "no",
        "contact_employer_name": CLINIC, "contact_nav_name": CASEWORKER,
    }  # fmt: skip


def approve_it_all_three(ingrid: CaseDesk, mona: Screen, josef: Screen) -> None:
    """Each on their own screen, the caseworker last; only then is it in force."""
    agreement_of_the_clinic(mona).approve()
    Agreement(mona.page).stands("Arbeidsgiveren", "Godkjent")
    ingrid.step("Avtale")
    expect(ingrid.main.get_by_role("link", name="Godkjenn som veileder")).to_have_count(0)
    own_agreement(josef).approve()
    Agreement(josef.page).stands("Deltakeren", "Godkjent")
    ingrid.step("Avtale")
    ingrid.approve_last()
    ingrid.reads("Versjon 2 gjelder.")


def change_the_hours_and_approve_again(ingrid: CaseDesk, mona: Screen, josef: Screen) -> None:
    """New hours concern everybody: the approvals are cleared, and each sees what changed."""
    ingrid.follow("Endre avtalen")
    ingrid.change_agreement(ramp_hours_1=20, reason_code="hours_up", reason_text="Josef klarer mer.")
    ingrid.reads("Versjon 2 gjelder. Versjon 3 er bare et forslag")
    Agreement(ingrid.page).stands("Arbeidsgiveren", "Må godkjenne på nytt")
    ingrid.reads("Endret siden da: arbeidstid")
    clinic = agreement_of_the_clinic(mona)
    clinic.reads("15 timer i uken", "20 timer i uken")
    clinic.approve()
    own_agreement(josef).approve()
    ingrid.step("Avtale")
    ingrid.approve_last()
    ingrid.reads("Versjon 3 gjelder.")


def follow_up(ingrid: CaseDesk, mona: Screen) -> None:
    """A contact, a review, and the employer's first report."""
    ingrid.step("Oppfølging")
    ingrid.follow("Skriv inn kontakt")
    fill(ingrid.main, kind="joint_meeting", attended=["participant", "employer"], result="goes_well",
         agreed="Øver på ord for utstyr hver morgen.")  # fmt: skip
    ingrid.press("Lagre")
    ingrid.reads("Øver på ord for utstyr hver morgen.")
    ingrid.follow("Vurdering")
    fill(ingrid.main, duration_ok="yes", headway="good", work_chance="good", conclusion="continue_as_is",
         text="Språket vokser med oppgavene.")  # fmt: skip
    ingrid.press("Lagre vurderingen")
    ingrid.reads("Språket vokser med oppgavene.")
    plan_of_the_clinic(mona)
    mona.reads("Øver på ord for utstyr hver morgen.")
    mona.never_reads("Språket vokser med oppgavene.")
    mona.main.get_by_role("link", name="Oppstartsmelding").first.click()
    fill(mona.main, tasks="Rengjøring av rom sammen med Mona.", attendance="as_agreed")
    mona.press("Send rapporten")
    mona.reads("Rengjøring av rom sammen med Mona.")


def tell_nav_alone(ingrid: CaseDesk, mona: Screen, josef: Screen) -> None:
    """What Josef tells NAV alone reaches the caseworker and never the employer."""
    josef.page.goto("/mine/")
    josef.follow("Si hvordan det går")
    fill(josef.main, **{"nav-text": SECRET})
    josef.press("Send bare til NAV")
    josef.reads(SECRET)
    ingrid.step("Oppfølging")
    ingrid.reads(SECRET)
    plan_of_the_clinic(mona)
    mona.never_reads(SECRET)
    mona.page.goto("/company/")
    mona.never_reads(SECRET)


def end_it_for_a_subsidy(ingrid: CaseDesk) -> None:
    ingrid.step("Oppfølging")
    ingrid.follow("Avslutt")
    fill(ingrid.main, ended_on=TODAY, reason_code="other_measure", note="Lønnstilskudd begynner i morgen.")
    ingrid.press("Avslutt plassen")
    ingrid.reads("Plassen ble avsluttet")


def judge_it_by_all_three(ingrid: CaseDesk, mona: Screen, josef: Screen) -> None:
    """The outcome is held up against the case's own chain, and each party says whether the purpose was reached."""
    ingrid.step("Utfall")
    ingrid.at("Utfall")
    fill(ingrid.main, outcomes=["better_language", "wage_subsidy"], main="better_language", purpose_reached="yes",
         learned="Fra A2 til B1.", next_step="next_measure", next_measure="midlertidig_lonnstilskudd")  # fmt: skip
    ingrid.press("Bestem")
    ingrid.reads("I kjeden")
    for party, start in ((mona, "/company/"), (josef, "/mine/")):
        party.page.goto(start)
        party.page.goto(party.main.locator("a[href$='/outcome/']").first.get_attribute("href") or "")
        fill(party.main, purpose_reached="yes", text="Vi er fornøyde.")
        party.press("Send")
        party.reads("Svaret ditt er lagret.")
    ingrid.step("Utfall")
    ingrid.reads("Vi er fornøyde.")


def go_on_in_a_chained_case(ingrid: CaseDesk) -> None:
    """The next case knows what this one knew."""
    ingrid.press("Åpne neste sak")
    ingrid.at("Kartlegging")
    assert ingrid.address not in ingrid.page.url
    ingrid.follow("Mål og eget ønske")
    expect(ingrid.main.locator("[name=goals]")).to_have_value("Fast jobb der jeg kan bruke faget mitt.")


def read_the_history(ingrid: CaseDesk) -> None:
    """Every step is on the record."""
    ingrid.page.goto(f"{ingrid.address}history/")
    happened = ingrid.main.inner_text()
    for said in ("Kartlegging", "Valg", "Kobling", "Avtale", "Oppfølging", "Utfall", CASEWORKER, CLINIC, JOSEF):
        assert said in happened


def see_who_has_looked(josef: Screen) -> None:
    josef.page.goto("/mine/")
    josef.follow("Hvem som har sett")
    josef.reads(CASEWORKER)


def agreement_of_the_clinic(mona: Screen) -> Agreement:
    mona.page.goto("/company/")
    mona.page.goto(mona.main.locator("#to-approve ~ ul a").first.get_attribute("href") or "")
    return Agreement(mona.page)


def own_agreement(participant: Screen) -> Agreement:
    participant.page.goto("/mine/")
    participant.main.get_by_role("link", name="Les avtalen med").click()
    return Agreement(participant.page)


def plan_of_the_clinic(mona: Screen) -> Page:
    mona.page.goto("/company/")
    mona.page.goto(mona.main.locator("a[href$='/plan/']").first.get_attribute("href") or "")
    return mona.page


def test_the_key_steps_work_without_javascript(log_in: Login) -> None:
    """Answering, deciding, writing and approving are plain forms: post, see other, get."""
    ingrid = CaseDesk(log_in(CASEWORKER, javascript=False))
    ingrid.open("Kenneth Myhrvang")
    ingrid.step("Kartlegging")
    ingrid.follow("Mål og eget ønske")
    ingrid.answer("Mål og eget ønske", goals="Jobb ute.", own_wish_measure="arbeidstrening")
    ingrid.press("Bekreft denne versjonen")
    ingrid.step("Valg")
    ingrid.page.goto(f"{ingrid.page.url}arbeidstrening/decide/")
    ingrid.decide("Arbeidstrening", chain="trying_out_industry", agrees_with_person="yes",
                  reason="Bransjen må prøves før et kurs.")  # fmt: skip
    ingrid.reads("Bransjen må prøves før et kurs.")
    write_and_approve_without_javascript(ingrid, log_in)


def write_and_approve_without_javascript(ingrid: CaseDesk, log_in: Login) -> None:
    ingrid.open("Wenche Opsahlen")
    ingrid.step("Avtale")
    ingrid.follow("Endre avtalen")
    ingrid.change_agreement(expected="At Wenche kan ansettes.", reason_code="purpose_changed")
    ingrid.reads("At Wenche kan ansettes.")
    nadia = Screen(log_in("Nadia Rahimi", javascript=False))
    nadia.page.goto("/company/")
    nadia.follow("Wenche Opsahlen")
    Agreement(nadia.page).approve()
    wenche = Screen(log_in("Wenche Opsahlen", javascript=False))
    own_agreement(wenche).approve()
    ingrid.step("Avtale")
    ingrid.approve_last()
    ingrid.reads("gjelder.")

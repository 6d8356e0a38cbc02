"""What one can do on each screen, in the words of those who do it: fields by name, actions by what they say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from playwright.sync_api import Locator, Page, expect

Answer = str | bool | int | Decimal | date | Iterable[str]


def fill(page: Page | Locator, **answers: Answer) -> None:
    """Fill in fields by name: text, number, date and choice take a value; a tick box True or False; several ticks a
    list of codes (those not named are left as they are)."""
    for name, answer in answers.items():
        found = page.locator(f'[name="{name}"]:not([type="hidden"])')
        kind = found.first.evaluate("field => field.tagName === 'SELECT' ? 'select' : field.type")
        if kind == "select":
            found.select_option(str(answer))
        elif kind == "radio":
            found.and_(page.locator(f'[value="{answer}"]')).check()
        elif isinstance(answer, bool):
            found.set_checked(answer)
        elif kind == "checkbox":
            assert isinstance(answer, Iterable)
            for code in answer:
                found.and_(page.locator(f'[value="{code}"]')).check()
        else:
            found.fill(str(answer))


@dataclass(slots=True)
class Screen:
    """A logged-in person's browser."""

    page: Page

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.main.get_by_role("link", name=name, exact=True).first.click()

    def at(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def reads(self, *texts: str) -> None:
        for text in texts:
            expect(self.main).to_contain_text(text)

    def never_reads(self, text: str) -> None:
        expect(self.main).not_to_contain_text(text)

    def unfold(self, summary: str) -> None:
        self.main.locator("summary", has_text=summary).first.click()


@dataclass(slots=True)
class CaseDesk(Screen):
    """The caseworker at one person's case."""

    address: str = ""

    def open(self, person: str) -> None:
        """Find the person in the portfolio."""
        self.page.goto("/portfolio/")
        search = self.main.get_by_role("searchbox")
        search.fill(person)
        search.press("Enter")
        self.follow(person)
        self.at(person)
        self.address = self.page.url

    def step(self, name: str) -> None:
        """Go to a step of the path from the case's page."""
        self.page.goto(self.address)
        self.page.locator("nav.sb-path a", has_text=name).click()

    # Mapping

    def answer(self, section: str, **answers: Answer) -> None:
        """One part of the conversation, saved; the next part comes up."""
        self.at(section)
        fill(self.main, **answers)
        self.press("Lagre og gå videre")

    # Choice

    def decide(self, measure: str, **decision: Answer) -> None:
        self.at(f"Bestem: {measure}")
        fill(self.main, **decision)
        self.press("Bestem")

    # Matching

    def tell_of_a_contact(self, *, by: str, result: str) -> None:
        fill(self.main, **{"contact-by": by, "contact-result": result})
        self.press("Registrer kontakten")

    def choose_workplace(self, reason: str) -> None:
        fill(self.main, reason=reason)
        self.press("Velg denne arbeidsplassen")

    # Agreement

    def change_agreement(self, **content: Answer) -> None:
        """Write in the agreement and save a new version."""
        self.at("Skriv avtalen")
        fill(self.main, **content)
        self.press("Lagre ny versjon")

    def approve_last(self) -> None:
        self.follow("Godkjenn som veileder")
        Agreement(self.page).approve()


@dataclass(slots=True)
class Agreement(Screen):
    """The agreement as the employer or the participant meets it."""

    def approve(self) -> None:
        fill(self.main, confirm=True)
        self.press("Godkjenn")

    def stands(self, party: str, standing: str) -> None:
        """Where a party stands: «Godkjent», «Må godkjenne på nytt», «Ikke godkjent ennå»."""
        row = self.main.locator("li", has=self.page.locator("b", has_text=party)).filter(has_text=standing)
        expect(row.first).to_be_visible()

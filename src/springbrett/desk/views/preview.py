"""A change set before it goes live: paste or upload TOML, see what it changes and which cases get another answer."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from springbrett import catalogue
from springbrett.access.roles import Role, Viewer
from springbrett.access.web import ViewerRequest, page
from springbrett.catalogue.compare import between_editions
from springbrett.catalogue.errors import CatalogueError
from springbrett.catalogue.overlay import files, laid_over, path_of, text_of
from springbrett.desk.reading import Reader
from springbrett.kernel import clock
from springbrett.steering.preview import affected

SLOTS = 3
"""How many places there are to paste a file in; uploaded files get a place each."""
MOST_BYTES = 300_000
"""The largest file that is read: the catalogue's own are a tenth of it."""
ROLES = (Role.ADMINISTRATOR, Role.OFFICE_LEADER)
WHAT = {
    "latest_end": gettext_lazy("Latest last day"),
    "latest_end_possible": gettext_lazy("Latest last day if everything unknown is answered yes"),
    "review": gettext_lazy("Reviews to come"),
    "report": gettext_lazy("Reports to come"),
}
"""What the days of a shift are."""


class _TomlFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class _Files(forms.FileField):
    """Any number of files, none included; the view reads them."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        return data


class ChangeSetForm(forms.Form):
    """Files of a change set, each with its path in the catalogue and its whole text, and the day to judge for."""

    on = forms.DateField(label=gettext_lazy("Judge the cases as on"), required=False)
    uploaded = _Files(
        label=gettext_lazy("Upload files"), required=False, widget=_TomlFiles(attrs={"accept": ".toml"}),
        help_text=gettext_lazy("One or more .toml files. A file with a name the catalogue knows takes its place."),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.slots = max(SLOTS, sum(name.startswith("file_") for name in data or ()))
        for number in self.numbers:
            self.fields[f"file_{number}"] = forms.CharField(
                label=_("File %(number)s") % {"number": number}, required=False, max_length=120,
                help_text=_("Its path in the catalogue, such as measures/arbeidstrening.toml."),
            )  # fmt: skip
            self.fields[f"text_{number}"] = forms.CharField(
                label=_("The whole text of file %(number)s") % {"number": number}, required=False,
                max_length=MOST_BYTES, strip=False, widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
            )  # fmt: skip

    @property
    def numbers(self) -> range:
        """The numbers of the files."""
        return range(1, self.slots + 1)

    @property
    def pasted(self) -> dict[str, bytes]:
        """The files that were pasted, by path."""
        slots = [(self.cleaned_data.get(f"file_{n}"), self.cleaned_data.get(f"text_{n}")) for n in self.numbers]
        return {str(name).strip(): str(text).encode() for name, text in slots if name and text}


def may_preview(viewer: Viewer) -> bool:
    """Whether to show the viewer the way to the preview."""
    return viewer.role in ROLES


@require_http_methods(["GET", "HEAD", "POST"])
@page(*ROLES)
def preview(request: ViewerRequest) -> HttpResponse:
    """Paste or upload next year's rules, and see what would change before anything does."""
    if request.method != "POST":
        return _page(request, ChangeSetForm(initial=_prefilled(request)), {})
    form = ChangeSetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, {})
    texts = {**form.pasted, **_uploaded(request)}
    shown = ChangeSetForm(_typed(texts, form))
    shown.is_valid()
    if not texts:
        form.add_error(None, _("Paste or upload at least one file."))
        return _page(request, form, {})
    return _page(request, shown, _outcome(request, texts, form.cleaned_data["on"]))


def _outcome(request: ViewerRequest, texts: dict[str, bytes], on: date | None) -> dict[str, object]:
    try:
        edition = laid_over(texts)
    except CatalogueError as error:
        return {"problems": error.problems}
    difference = between_editions(catalogue.load(), edition)
    judged_on = on or max([clock.today(), *difference.days[:1]])
    old, new = Reader(judged_on), Reader(judged_on, edition)
    looked = affected(request.viewer, edition, difference, judged_on, _after(request))
    return {
        "difference": difference,
        "changes": [new.change(c) if c.after else old.change(c) for c in difference.changes],
        "looked": looked,
        "judged_on": judged_on,
        "what": WHAT,
    }


def _page(request: ViewerRequest, form: ChangeSetForm, context: dict[str, object]) -> HttpResponse:
    status = 422 if form.errors or context.get("problems") else 200
    return render(request, "desk/preview.html", {"form": form, "files": files(), **context}, status=status)


def _prefilled(request: ViewerRequest) -> dict[str, object]:
    """The catalogue's own text of the file in the address, to be changed from there."""
    name = request.GET.get("file", "")
    return {"file_1": name, "text_1": text_of(name)} if name in files() else {}


def _uploaded(request: ViewerRequest) -> dict[str, bytes]:
    found = request.FILES.getlist("uploaded")
    small = (file for file in found if isinstance(file, UploadedFile) and (file.size or 0) <= MOST_BYTES)
    return {path_of(str(file.name)): file.read() for file in small}


def _typed(texts: dict[str, bytes], form: ChangeSetForm) -> dict[str, object]:
    """What was typed and uploaded, put back into the form so that it can be corrected and sent again."""
    data: dict[str, object] = {"on": form.data.get("on", "")}
    for number, (name, text) in enumerate(texts.items(), start=1):
        data |= {f"file_{number}": name, f"text_{number}": text.decode("utf-8", errors="replace")}
    return data


def _after(request: ViewerRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("after", ""))
    except ValueError:
        return None

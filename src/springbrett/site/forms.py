"""How every form of the application is drawn: plain ``django.forms`` in, Aksel markup out.

Rooms know nothing of this: they use Django's standard fields and widgets, and settings name the renderer.
"""

from datetime import date

from django.forms.renderers import DjangoTemplates
from django.forms.utils import RenderableFormMixin
from django.template import TemplateDoesNotExist
from django.utils.safestring import SafeString

PAGE_TEMPLATE = "site/forms/form.html"
_DJANGO = "django/forms/widgets/"
_OURS = "site/forms/widgets/"


class AkselRenderer(DjangoTemplates):
    """Draws forms, fields and the usual widgets with our templates, and all else with Django's."""

    form_template_name = PAGE_TEMPLATE
    field_template_name = "site/forms/field.html"

    def get_template(self, template_name: str):  # type: ignore[no-untyped-def]
        """Our template for a widget if there is one, otherwise the one asked for."""
        if template_name.startswith(_DJANGO):
            try:
                return super().get_template(_OURS + template_name.removeprefix(_DJANGO))
            except TemplateDoesNotExist:
                pass
        return super().get_template(template_name)


def add_page_rendering() -> None:
    """Add ``form.as_page`` beside Django's ``as_div``, ``as_p`` …: error summary first, then the fields."""

    def as_page(self: RenderableFormMixin) -> SafeString:
        return self.render(PAGE_TEMPLATE)

    RenderableFormMixin.as_page = as_page  # type: ignore[attr-defined]


def is_iso_date(text: object) -> bool:
    """Whether a native date input can show the text (it shows nothing at all otherwise)."""
    try:
        date.fromisoformat(str(text))
    except ValueError:
        return False
    return True

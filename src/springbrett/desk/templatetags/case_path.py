"""``{% load case_path %}{% case_path case "choice" %}``: the path of a case as a stepper, on any page about it."""

from typing import Any

from django import template
from django.template import Context

from springbrett.desk.selectors import glances
from springbrett.desk.stepper import drawn_steps
from springbrett.people.models import Case

register = template.Library()


@register.inclusion_tag("desk/parts/stepper.html", takes_context=True)
def case_path(context: Context, case: Case, here: str = "") -> dict[str, Any]:
    """The stepper of a case the viewer has been let in to. `here`: the step whose page this is. One query."""
    site = context.get("site")
    role = site.viewer.role if site and site.viewer else None
    return {"steps": drawn_steps(glances([case.id])[case.id].steps, case.id, here, role)}

"""What a study found, with its figure: how large, how certain, and how much the design can carry."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from springbrett.catalogue.chains import Evidence


def figure(entry: Evidence) -> str:
    """The figure of a finding in a sentence or two; "" when the finding has none. That persons are made up is said
    of every finding about such."""
    made_up = _("The persons are simulated: this is no finding about real people.") if entry.simulated else ""
    if entry.size is None or entry.interval is None:
        return made_up
    scale, decimals = (100, 1) if entry.unit == "share" else (1, 0)
    # Rounded first: number_format cuts decimals off.
    figures = [round(scale * value, decimals) for value in (entry.size, *entry.interval)]
    size, lower, upper = (number_format(value, decimals) for value in figures)
    facts = {"size": size, "lower": lower, "upper": upper, "unit": _unit(entry.unit)}
    said = _("Effect: %(size)s %(unit)s, with 95 per cent confidence between %(lower)s and %(upper)s.") % facts
    return " ".join(part for part in (said, _strength(entry.design_strength), made_up) if part)


def _unit(unit: str) -> str:
    return {"share": _("percentage points"), "NOK": _("kroner a month"), "hours": _("hours")}.get(unit, "")


def _strength(strength: str) -> str:
    return {
        "strong": _("The design can carry much."),
        "moderate": _("The design can carry something: likes were compared, but nobody drew lots."),
        "weak": _("The design can carry little."),
    }.get(strength, "")

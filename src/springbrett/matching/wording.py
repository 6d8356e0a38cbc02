"""What the facts of a candidate are called, and what would change an answer."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from springbrett.access.voice import addressed_lazy

FACTS: dict[str, str | Promise] = {
    "occupation": gettext_lazy("Occupation"),
    "industry": gettext_lazy("Industry"),
    "demands": gettext_lazy("Demands"),
    "adaptations_needed": gettext_lazy("Adaptations needed"),
    "language_min": gettext_lazy("Norwegian needed"),
    "hours_person": addressed_lazy(gettext_lazy("Hours a week the person can"), gettext_lazy("Hours a week you can")),
    "hours_opening": gettext_lazy("Hours a week at the workplace"),
    "distance_km": gettext_lazy("Kilometres as the crow flies"),
    "licence": gettext_lazy("Licence"),
    "followup_capacity": gettext_lazy("Follow-up the place can give (1 to 3)"),
    "open_from": gettext_lazy("Open from"),
    "open_to": gettext_lazy("Open to"),
    "places": gettext_lazy("Places"),
    "places_taken": gettext_lazy("Chosen for others"),
    "stop_reason": gettext_lazy("Why cooperation stopped"),
    "stopped_from": gettext_lazy("Stopped from"),
    "finished_stays": gettext_lazy("Finished placements"),
    "hired_after": gettext_lazy("Hired afterwards"),
    "ended_by_employer": gettext_lazy("Ended early by the employer"),
    "own_ends": addressed_lazy(
        gettext_lazy("How the person's own placement here ended"), gettext_lazy("How your own placement here ended")
    ),
}
CHANGES: dict[str, str | Promise] = {
    "demands": gettext_lazy("asking the employer what the work demands"),
    "adaptations": gettext_lazy("asking the employer what can be adapted"),
    "hours_opening": gettext_lazy("asking the employer about hours"),
    "mentor_available": gettext_lazy("asking the employer about a mentor"),
    "must_speak": gettext_lazy("asking whether one must speak with others at work"),
    "training_company": gettext_lazy("asking whether it is an approved training company"),
    "hiring_realistic": gettext_lazy("asking whether hiring is realistic"),
    "home_place": addressed_lazy(
        gettext_lazy("knowing where the person lives and where the work is"),
        gettext_lazy("knowing where you live and where the work is"),
    ),
    "language_min": gettext_lazy("asking how much Norwegian the work needs"),
    "followup_capacity": gettext_lazy("asking how closely the employer can follow up"),
    "employer_stopped": gettext_lazy("cooperation with the employer beginning again"),
}

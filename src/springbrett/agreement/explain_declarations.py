"""Sentences for what is declared about the place and the participant; said to the participant in the second person."""

from django.utils.translation import gettext_lazy

from springbrett.access.voice import addressed_lazy
from springbrett.agreement.explain_money import Sentence, either

SENTENCES: dict[str, Sentence] = {
    "no_displacement": either(
        addressed_lazy(
            gettext_lazy("The participant comes in addition to the ordinary staff."),
            gettext_lazy("You come in addition to the ordinary staff."),
        ),
        gettext_lazy("The place takes somebody’s ordinary job, and that is not allowed."),
        gettext_lazy("The employer has not said whether the place takes somebody’s ordinary job."),
    ),
    "no_close_relatives": either(
        addressed_lazy(
            gettext_lazy("The participant is not close to the employer, or special reasons are written down."),
            gettext_lazy("You are not close to the employer, or special reasons are written down."),
        ),
        addressed_lazy(
            gettext_lazy("The participant is close to the employer, and no special reasons are written down."),
            gettext_lazy("You are close to the employer, and no special reasons are written down."),
        ),
        addressed_lazy(
            gettext_lazy("Nobody has said whether the participant is close to the employer."),
            gettext_lazy("Nobody has said whether you are close to the employer."),
        ),
    ),
    "discussed_with_employee_reps": either(
        gettext_lazy("The place has been discussed with the employees’ representatives."),
        gettext_lazy("The place has not been discussed with the employees’ representatives."),
        gettext_lazy(
            "The employer has not said whether the place has been discussed with the employees’ representatives."
        ),
    ),
    "not_employed": either(
        addressed_lazy(
            gettext_lazy("The participant is not employed by the company."),
            gettext_lazy("You are not employed by the company."),
        ),
        addressed_lazy(
            gettext_lazy("The participant is employed by the company, and that is not allowed."),
            gettext_lazy("You are employed by the company, and that is not allowed."),
        ),
        addressed_lazy(
            gettext_lazy("Nobody has said whether the participant is employed by the company."),
            gettext_lazy("Nobody has said whether you are employed by the company."),
        ),
    ),
    "waiting_is_named": either(
        addressed_lazy(
            gettext_lazy("The agreement says that the person is waiting for another measure."),
            gettext_lazy("The agreement says that you are waiting for another measure."),
        ),
        gettext_lazy("The choice and the agreement do not say the same about waiting for another measure."),
        addressed_lazy(
            gettext_lazy("It is not known whether the person is waiting for another measure."),
            gettext_lazy("It is not known whether you are waiting for another measure."),
        ),
    ),
}
"""Rule code → sentence."""

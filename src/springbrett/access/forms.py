from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why somebody needs to see a case outside their own portfolio."""

    reason = forms.CharField(
        label=_("Why do you need to see this case?"),
        help_text=_("The person can read what you write, together with your name and the time."),
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

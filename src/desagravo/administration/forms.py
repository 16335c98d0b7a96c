"""The forms of setting up and of the organisation. What may be said is judged by the rooms; here is how it is asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desagravo.common.language import LANGUAGES, active
from desagravo.common.refusals import Missing
from desagravo.departments import places, queries

ROLES = (
    ("manager", _("Manager: takes in, assesses, answers, approves and signs, also major cases")),
    ("data_keeper", _("Keeper of the data: answers customers who ask what is kept about them, and erases it")),
)
"""What a first administrator may do besides: nobody can change the own roles later."""


def take(form: forms.Form, missing: Missing) -> None:
    """Show each problem beside its field; what belongs to no field of this form stands at its top."""
    for field, found in missing.fields.items():
        for problem in found:
            form.add_error(field if field in form.fields else None, problem.sentence())


class _Plain(forms.Form):
    """Lengths and formats are judged by the room, which says what is wrong in its own words."""

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **words})
        self.use_required_attribute = False


class CodeForm(_Plain):
    """The one-time code."""

    code = forms.CharField(
        label=_("One-time code"),
        required=False,
        help_text=_("Sixteen letters and digits. Capital or small letters, with or without hyphens."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )


class HouseForm(_Plain):
    """Whose product this is, and where."""

    name = forms.CharField(
        label=_("Name of the organisation"),
        required=False,
        help_text=_("As it stands on letters to customers."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(label=_("Country"), required=False)

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        self.fields["country"].choices = [("", _("Choose")), *places.countries().items()]  # type: ignore[attr-defined]


class PlaceForm(_Plain):
    """How customers reach the organisation, and how it tells the time."""

    languages = forms.MultipleChoiceField(
        label=_("Languages for your customers"),
        required=False,
        help_text=_("The first of them is used where a customer chose none."),
        choices=list(LANGUAGES.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    postal_address = forms.CharField(
        label=_("Postal address"),
        required=False,
        help_text=_("For the head of letters, and for customers who want to write on paper."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    phone = forms.CharField(
        label=_("Telephone"), required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    email = forms.CharField(
        label=_("E-mail address for complaints"),
        required=False,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email"}),
    )

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        self.fields["time_zone"].choices = zone_choices()  # type: ignore[attr-defined]
        # what is ticked stands first, in its order: the first is the house's own language
        ticked = self["languages"].value() or ()
        in_order = dict.fromkeys([*(each for each in ticked if each in LANGUAGES), *LANGUAGES])
        self.fields["languages"].choices = [(each, LANGUAGES[each]) for each in in_order]  # type: ignore[attr-defined]


class OrganisationForm(PlaceForm, HouseForm):
    """All that the organisation says about itself."""

    website = forms.CharField(
        label=_("Website"), required=False, widget=forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url"})
    )
    legal_line = forms.CharField(
        label=_("Line at the foot of letters"),
        required=False,
        help_text=_("For instance the legal form, the registration and the tax number."),
    )
    sending_delay = forms.IntegerField(
        label=_("Seconds in which a released answer can be called back"),
        required=False,
        help_text=_("From 0 (leaves at once) to 600. Twenty are enough to notice a wrong name."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    field_order = (
        "name", "country", "time_zone", "languages", "postal_address", "phone", "email", "website", "legal_line",
        "sending_delay",
    )  # fmt: skip


class FirstPersonForm(_Plain):
    """The first administrator."""

    person_name = forms.CharField(
        label=_("Your name"),
        required=False,
        help_text=_("As it stands under letters."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    person_email = forms.CharField(
        label=_("Your e-mail address"),
        required=False,
        help_text=_("With it you sign in."),
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        help_text=_("At least twelve characters. A short sentence is easy to keep in mind."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
    )
    again = forms.CharField(
        label=_("The same password again"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
    )
    person_language = forms.ChoiceField(
        label=_("Language of your screens"),
        required=False,
        choices=list(LANGUAGES.items()),
        widget=forms.RadioSelect,
    )
    roles = forms.MultipleChoiceField(
        label=_("What else you do"),
        required=False,
        help_text=_("In a small house one person does several things. Another administrator can change it later."),
        choices=ROLES,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        self.fields["person_language"].initial = active()


def zone_choices() -> Iterable[tuple[str, str]]:
    """The time zones as people read them, that of the house first."""
    return places.zones_in_words(queries.organisation().time_zone)

"""What a person types."""

from django import forms


class PhoneForm(forms.Form):
    """The first step."""

    mobile = forms.RegexField(r"^09\d{9}$", label="Mobile")


class CodeForm(forms.Form):
    """The second step."""

    code = forms.RegexField(r"^\d{5}$", label="Code")

"""The two steps of a login."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from login import amoot, codes
from login.forms import CodeForm, PhoneForm


def phone(request: HttpRequest) -> HttpResponse:
    """Ask for the phone, and send it a code."""
    form = PhoneForm(request.POST or None)
    if form.is_valid():
        mobile = form.cleaned_data["mobile"]
        try:
            codes.remember(mobile, amoot.send_code(mobile))
        except amoot.Unavailable:
            form.add_error(None, "We cannot send codes now. Please try again later.")
            return render(request, "login/form.html", {"form": form, "button": "Send code"}, status=503)
        request.session["mobile"] = mobile
        return redirect("code")
    return render(request, "login/form.html", {"form": form, "button": "Send code"})


def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code. Here your application would call `django.contrib.auth.login`."""
    mobile = request.session.get("mobile")
    if mobile is None:
        return redirect("phone")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if codes.is_good(mobile, form.cleaned_data["code"]):
            request.session.cycle_key()
            return HttpResponse(f"<h1>Welcome, {mobile}</h1>")
        form.add_error("code", "This code is not good.")
    return render(request, "login/form.html", {"form": form, "button": "Log in"})

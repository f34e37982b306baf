"""allauth's sign-in views with two changes: too many tries answer 429, a broken form never answers 500."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as MFAReauthenticateView
from allauth.mfa.totp.views import ActivateTOTPView
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

TOO_MANY_REQUESTS = 429
# The longest period of ACCOUNT_RATE_LIMITS for these forms is five minutes.
RETRY_AFTER_SECONDS = "300"
THROTTLE_CODES = {"too_many_login_attempts", "rate_limited"}


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Return the 429 page. allauth calls it as `handler429` of the root URL configuration."""
    response = render(request, "account/too_many_requests.html", status=TOO_MANY_REQUESTS)
    response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def was_throttled(form: BaseForm | None) -> bool:
    """Return whether a form was refused because of too many tries."""
    if form is None or not form.is_bound:
        return False
    errors = (error for listed in form.errors.as_data().values() for error in listed)
    return any(error.code in THROTTLE_CODES for error in errors)


class ThrottledFormMixin:
    """Answers a form with too many tries with 429 and a page; allauth would answer 200 with a sentence."""

    request: HttpRequest

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Return the page, or the 429 page when the form in `context` was throttled."""
        if was_throttled(context.get("form")):
            return too_many_requests(self.request)
        return super().render_to_response(context, **kwargs)  # type: ignore[misc]  # allauth ships no types


class StaffLoginView(ThrottledFormMixin, LoginView):
    """The first step of signing in: name and password."""

    def get_form(self, form_class: type[BaseForm] | None = None) -> BaseForm:
        """Return allauth's form, with "Username or email" as the label of the name."""
        form: BaseForm = super().get_form(form_class)
        form.fields["login"].label = "Username or email"
        return form


class StaffAuthenticateView(ThrottledFormMixin, AuthenticateView):
    """The second step of signing in: a code from the app, or a recovery code."""

    def _build_forms(self) -> BaseForm:
        """Return the form for a code. allauth treats a POST without `code` as a security key, and fails."""
        self.webauthn_form = None
        data = self.request.POST if self.request.method == "POST" else None
        self.auth_form = self.get_form_class()(user=self.stage.login.user, data=data)
        return self.auth_form


class StaffReauthenticateView(ThrottledFormMixin, ReauthenticateView):
    """Asks for the password again before a sensitive change."""


class StaffCodeReauthenticateView(ThrottledFormMixin, MFAReauthenticateView):
    """Asks for a code again before a sensitive change."""


class StaffActivateTOTPView(ThrottledFormMixin, ActivateTOTPView):
    """Sets up an authenticator app."""

"""Two-step sign-in for the admin, as middleware, so that it holds for every view of the admin."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from wagtail.admin import messages

OFFERED = "offered"
REQUIRED = "required"


class StaffTwoFactorMiddleware:
    """Offers or requires two-step sign-in under /admin/, as settings.STAFF_TWO_FACTOR says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the view's answer, or a redirect to the set-up page when a required step is missing."""
        admin_home = reverse("wagtailadmin_home")
        if not request.path.startswith(admin_home) or not self._lacks_second_step(request):
            return self.get_response(request)
        # Any value but "offered" means required: a misspelt setting must not give access.
        if settings.STAFF_TWO_FACTOR != OFFERED:
            if request.path == reverse("wagtailadmin_logout"):
                return self.get_response(request)
            return HttpResponseRedirect(reverse("mfa_index"))
        if request.path == admin_home and request.method == "GET":
            messages.info(
                request,
                "Protect this account with two-step sign-in. It takes two minutes and an authenticator app.",
                buttons=[messages.button(reverse("mfa_index"), "Set it up")],
            )
        return self.get_response(request)

    @staticmethod
    def _lacks_second_step(request: HttpRequest) -> bool:
        """Return whether the user is signed in without an authenticator app; recovery codes do not count."""
        if not request.user.is_authenticated:
            return False
        return not is_mfa_enabled(request.user, [Authenticator.Type.TOTP])

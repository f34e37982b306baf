"""The rule about two-step sign-in: a middleware, because it has to hold for every view of the admin."""

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
    """Offer or require two-step sign-in, as STAFF_TWO_FACTOR says. Looks at the user under /admin/ only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the view's answer, or a redirect to the set-up page when a second step is required."""
        admin_home = reverse("wagtailadmin_home")
        if not request.path.startswith(admin_home) or not self._lacks_second_step(request):
            return self.get_response(request)
        # Anything but "offered" counts as required: a misspelt setting must not open the door.
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
        """Return whether a signed-in person has no authenticator app (recovery codes alone do not count)."""
        if not request.user.is_authenticated:
            return False
        return not is_mfa_enabled(request.user, [Authenticator.Type.TOTP])

"""The custom user model. It exists from the start because AUTH_USER_MODEL can hardly be changed later."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


# type: ignore, because mypy can not see the managers of the models in media that refer to the user.
class User(AbstractUser):  # type: ignore[django-manager-missing]
    """A member of staff. Permissions come from the user's groups."""

    sign_off_role = models.CharField(
        "role to sign with",
        max_length=120,
        blank=True,
        help_text="Shown on the pages that this person has reviewed, for example 'Consultant in addiction "
        "psychiatry'. Not a name. Without it nobody can approve a page.",
    )

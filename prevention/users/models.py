"""The custom user, from day one: changing AUTH_USER_MODEL later means rebuilding the database."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


# The ignore: mypy can not see the managers of the models in media that point here.
class User(AbstractUser):  # type: ignore[django-manager-missing]
    """A member of staff. What a person may do comes from their groups."""

    sign_off_role = models.CharField(
        "role to sign with",
        max_length=120,
        blank=True,
        help_text="Shown on the pages that this person has reviewed, for example 'Consultant in addiction "
        "psychiatry'. Not a name. Without it nobody can approve a page.",
    )

"""The custom user model. It exists from the start because AUTH_USER_MODEL can hardly be changed later."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser


# type: ignore, because mypy can not see the managers of the models in media that refer to the user.
class User(AbstractUser):  # type: ignore[django-manager-missing]
    """A member of staff. It has no fields of our own; permissions come from the user's groups."""

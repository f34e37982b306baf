"""The forms in which an administrator makes and changes a member of staff."""

from __future__ import annotations

from typing import Any

from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet


class StaffCreationForm(UserCreationForm):
    """The form for a new member of staff, with the role to sign with."""

    class Meta(UserCreationForm.Meta):
        fields = UserCreationForm.Meta.fields | {"sign_off_role"}


class StaffEditForm(UserEditForm):
    """The form for a member of staff who is there already, with the role to sign with."""

    class Meta(UserEditForm.Meta):
        fields = UserEditForm.Meta.fields | {"sign_off_role"}


class StaffViewSet(UserViewSet):
    """Wagtail's screens of users, with the role that somebody signs with."""

    def get_form_class(self, for_update: bool = False) -> Any:
        return StaffEditForm if for_update else StaffCreationForm

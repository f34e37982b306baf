"""What the tests of the editorial app share: one person per role, and a draft page."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group

from prevention import clock
from prevention.home.models import StandardPage
from prevention.users.models import User
from tests.factories import StandardPageFactory


@pytest.fixture
def person(db: None) -> Callable[[str], User]:
    """Return a function that makes someone who has one role and nothing else."""

    def with_role(role: str) -> User:
        user = User.objects.create_user(role.lower().replace(" ", "-"), password=None)
        user.sign_off_role = f"One of the {role.lower()}"
        user.save()
        user.groups.add(Group.objects.get(name=role))
        return user

    return with_role


@pytest.fixture
def draft(db: None) -> StandardPage:
    """A page that is not public yet, of the plainest type: the roles do not depend on the type."""
    page: StandardPage = StandardPageFactory(
        title="Draft about ketamine",
        slug="draft-about-ketamine",
        live=False,
        next_review=clock.today() + datetime.timedelta(days=365),
    )
    page.save_revision()
    return page

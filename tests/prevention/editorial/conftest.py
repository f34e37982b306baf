"""What the tests of the editorial app share: one person per role, and a draft page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from wagtail.models import Page

from prevention.users.models import User


@pytest.fixture
def person(db: None) -> Callable[[str], User]:
    """Return a function that makes someone who has one role and nothing else."""

    def with_role(role: str) -> User:
        user = User.objects.create_user(role.lower().replace(" ", "-"), password=None)
        user.groups.add(Group.objects.get(name=role))
        return user

    return with_role


@pytest.fixture
def draft(db: None) -> Page:
    """A page that is not public yet, of the plainest type: the roles do not depend on the type."""
    page: Page = Page.get_first_root_node().add_child(
        instance=Page(title="Draft about ketamine", slug="draft-about-ketamine", live=False)
    )
    page.save_revision()
    return page

"""Each role can do what it should, and nothing else."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
)
from wagtail.permissions import policy_registry
from wagtail.snippets.models import get_snippet_models

from prevention.core.models import BasePage
from prevention.core.review import page_models
from prevention.editorial import services
from prevention.editorial.apps import FIRST_MIGRATION, grant_new_permissions
from prevention.editorial.roles import ROLES, STOCK_WORKFLOW, WORKFLOW
from prevention.users.models import User
from tests.emptied import delete_quickly

Person = Callable[[str], User]

EDITORS, CLINICAL, LEGAL, MODERATORS, ANALYSTS = (role.name for role in ROLES)
ALL = {EDITORS, CLINICAL, LEGAL, MODERATORS, ANALYSTS}

# What may be done to a page, by whom. Everyone else may not.
PAGE_RIGHTS = {
    "can_edit": {EDITORS, MODERATORS},
    "can_publish": {MODERATORS},
    "can_lock": {CLINICAL, LEGAL, MODERATORS},
    "can_unlock": {MODERATORS},
    "can_delete": {EDITORS, MODERATORS},
}
# What of the admin may be opened, by whom.
ADMIN_PAGES = {
    "/admin/": ALL,
    "/admin/pages/": ALL - {ANALYSTS},
    "/admin/images/add/": {EDITORS, MODERATORS},
    "/admin/documents/multiple/add/": {EDITORS, MODERATORS},
    "/admin/reports/site-history/": ALL,
    "/admin/reports/workflow/": {EDITORS, MODERATORS},
    "/admin/reports/locked/": {MODERATORS},
    "/admin/users/": set(),
    "/admin/groups/": set(),
    "/admin/sites/": set(),
    "/admin/workflows/list/": set(),
    "/admin/collections/": set(),
}


def is_open(client: Client, path: str) -> bool:
    """Return whether the admin shows a page. It answers 302 to its home, or 403, where it does not."""
    return bool(client.get(path).status_code == 200)


@pytest.mark.parametrize("role", sorted(ALL))
@pytest.mark.parametrize("right", PAGE_RIGHTS)
def test_rights_on_pages(person: Person, draft: Page, role: str, right: str) -> None:
    if right == "can_unlock":
        draft.locked = True
    may = getattr(draft.permissions_for_user(person(role)), right)()
    assert may == (role in PAGE_RIGHTS[right])


@pytest.mark.parametrize("role", sorted(ALL))
@pytest.mark.parametrize("path", ADMIN_PAGES)
def test_doors_of_the_admin(client: Client, person: Person, role: str, path: str) -> None:
    client.force_login(person(role))
    assert is_open(client, path) == (role in ADMIN_PAGES[path])


@pytest.mark.parametrize("role", sorted(ALL))
def test_the_edit_page_opens_for_those_who_may_edit(
    client: Client, person: Person, draft: Page, role: str
) -> None:
    client.force_login(person(role))
    assert is_open(client, f"/admin/pages/{draft.pk}/edit/") == (role in {EDITORS, MODERATORS})


@pytest.mark.parametrize("model", page_models(), ids=lambda model: model._meta.label)
def test_an_editor_opens_every_type_of_page(client: Client, person: Person, model: type[BasePage]) -> None:
    client.force_login(person(EDITORS))
    page = model.objects.first()
    assert page, "the starter content has one page of every type"
    assert is_open(client, f"/admin/pages/{page.pk}/edit/")


@pytest.mark.parametrize("role", sorted(ALL))
def test_the_lock_button_works_for_those_who_may_lock(
    client: Client, person: Person, draft: Page, role: str
) -> None:
    client.force_login(person(role))
    client.post(f"/admin/pages/{draft.pk}/lock/")
    draft.refresh_from_db()
    assert draft.locked == (role in {CLINICAL, LEGAL, MODERATORS})


@pytest.mark.parametrize("role", sorted(ALL))
def test_who_may_add_pages(person: Person, draft: Page, role: str) -> None:
    policy = policy_registry.get_by_type(Page)
    may = policy.user_has_permission_for_instance(person(role), "add", draft)
    assert may == (role in {EDITORS, MODERATORS})


def test_a_reviewer_takes_off_their_own_lock_only(client: Client, person: Person, draft: Page) -> None:
    reviewer = person(CLINICAL)
    draft.locked, draft.locked_by = True, reviewer
    assert draft.permissions_for_user(reviewer).can_unlock()
    assert not draft.permissions_for_user(person(LEGAL)).can_unlock()


@pytest.mark.parametrize("role", sorted(ALL))
def test_rights_on_snippets(person: Person, role: str) -> None:
    """Whoever may not publish may not change what is public at once."""
    user = person(role)
    for model in get_snippet_models():
        if not model.__module__.startswith(services.OUR_PACKAGES):
            continue
        label, name = model._meta.app_label, model._meta.model_name
        drafted = issubclass(model, services.DraftStateMixin)
        assert user.has_perm(f"{label}.view_{name}") == (role != ANALYSTS)
        assert user.has_perm(f"{label}.change_{name}") == (
            role == MODERATORS or (role == EDITORS and drafted)
        )
        assert user.has_perm(f"{label}.delete_{name}") == (role == MODERATORS)
        if drafted:
            assert user.has_perm(f"{label}.publish_{name}") == (role == MODERATORS)


@pytest.mark.parametrize("label", ["engagement", "indicators"])
@pytest.mark.parametrize("role", [ANALYSTS, MODERATORS])
def test_counts_may_be_read_and_not_changed(person: Person, role: str, label: str) -> None:
    user = person(role)
    for model in apps.get_app_config(label).get_models():
        name = model._meta.model_name
        assert user.has_perm(f"{label}.view_{name}")
        assert not user.has_perm(f"{label}.change_{name}")


def test_no_role_reaches_accounts_or_groups(person: Person) -> None:
    for role in ALL:
        held = person(role).get_all_permissions()
        assert not {name for name in held if name.startswith(("users.", "auth.", "wagtailusers.", "mfa."))}


# --- How they get into the database


def everything_granted() -> dict[str, Any]:
    """Return what the database says about roles, to compare before and after."""
    return {
        "model": sorted(Group.objects.values_list("name", "permissions__codename")),
        "page": sorted(GroupPagePermission.objects.values_list("group__name", "permission__codename")),
        "file": sorted(GroupCollectionPermission.objects.values_list("group__name", "permission__codename")),
    }


@pytest.mark.django_db
def test_running_it_again_changes_nothing() -> None:
    before = everything_granted()
    services.sync_roles(apps)
    services.create_workflow(apps)
    assert everything_granted() == before
    assert Workflow.objects.filter(name=WORKFLOW).count() == 1


@pytest.mark.django_db
def test_what_was_taken_away_comes_back_after_a_migrate() -> None:
    before = everything_granted()
    Group.objects.get(name=CLINICAL).delete()
    Permission.objects.filter(codename="access_admin").delete()
    grant_new_permissions()
    assert everything_granted() == before


@pytest.mark.django_db
def test_what_was_added_by_hand_stays(person: Person) -> None:
    extra = Permission.objects.get(codename="add_site")
    Group.objects.get(name=EDITORS).permissions.add(extra)
    grant_new_permissions()
    assert person(EDITORS).has_perm("wagtailcore.add_site")


@pytest.mark.django_db
def test_it_works_on_a_database_without_pages() -> None:
    delete_quickly(Page.objects.all())
    Collection.objects.all().delete()
    Group.objects.all().delete()
    services.sync_roles(apps)
    services.create_workflow(apps)
    assert set(Group.objects.values_list("name", flat=True)) == ALL
    assert not WorkflowPage.objects.exists()


@pytest.mark.django_db
def test_the_migration_can_be_taken_back_and_applied_again() -> None:
    migration = importlib.import_module(f"prevention.editorial.migrations.{FIRST_MIGRATION[1]}")
    before = everything_granted()
    migration.backwards(apps, None)
    assert set(Group.objects.values_list("name", flat=True)) == {EDITORS, MODERATORS}
    assert list(Workflow.objects.active().values_list("name", flat=True)) == [STOCK_WORKFLOW]
    assert Page.get_first_root_node().workflowpage.workflow.name == STOCK_WORKFLOW
    migration.forwards(apps, None)
    assert everything_granted() == before


@pytest.mark.django_db
def test_nothing_is_granted_once_the_migration_is_taken_back() -> None:
    Group.objects.all().delete()
    MigrationRecorder.Migration.objects.filter(app="editorial").delete()
    grant_new_permissions()
    assert not Group.objects.exists()


@pytest.mark.django_db
def test_another_database_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "sync_roles", lambda registry: pytest.fail("it was called"))
    grant_new_permissions(using="other")

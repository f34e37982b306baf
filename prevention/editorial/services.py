"""Writes the roles and the workflow of `roles` into the database. Running it again changes nothing.

Every function takes the registry of apps to use: a migration passes its historical one, others the real one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps.registry import Apps
from django.db import models
from wagtail.models import DraftStateMixin
from wagtail.snippets.models import get_snippet_models

from .roles import (
    ADMIN_ACCESS,
    ROLES,
    STOCK_ROLES,
    STOCK_WORKFLOW,
    WORKFLOW,
    WORKFLOW_STEPS,
    Role,
)

OUR_PACKAGES = ("prevention.", "resources.", "search.")


def sync_roles(apps: Apps) -> None:
    """Create the groups that are missing, and add the permissions of each role. None is removed."""
    group_model = apps.get_model("auth", "Group")
    for role in ROLES:
        group, _ = group_model.objects.get_or_create(name=role.name)
        group.permissions.add(*_model_permissions(apps, role))
        _grant_on_root(apps, group, role)


def remove_roles(apps: Apps) -> None:
    """Delete the groups of roles, apart from those that Wagtail makes itself."""
    names = [role.name for role in ROLES if role.name not in STOCK_ROLES]
    apps.get_model("auth", "Group").objects.filter(name__in=names).delete()


def _model_permissions(apps: Apps, role: Role) -> list[Any]:
    """Return a role's permissions on models; those that are not in the database yet are left out."""
    wanted = {ADMIN_ACCESS}
    for model in get_snippet_models():
        if model.__module__.startswith(OUR_PACKAGES):
            actions = role.drafted_snippets if issubclass(model, DraftStateMixin) else role.live_snippets
            wanted |= _names(model, actions)
    for label in role.reads:
        if apps.is_installed(f"prevention.{label}"):
            for model in apps.get_app_config(label).get_models():
                wanted |= _names(model, ("view",))
    return _permissions(apps, wanted)


def _names(model: type[models.Model], actions: Iterable[str]) -> set[str]:
    """Return the dotted names of permissions on a model, such as help.view_helpline."""
    return {f"{model._meta.app_label}.{action}_{model._meta.model_name}" for action in actions}


def _permissions(apps: Apps, names: Iterable[str]) -> list[Any]:
    """Return those permissions with these dotted names that exist."""
    by_label: dict[str, list[str]] = {}
    for name in names:
        label, codename = name.split(".")
        by_label.setdefault(label, []).append(codename)
    permission_model = apps.get_model("auth", "Permission")
    return [
        permission
        for label, codenames in by_label.items()
        for permission in permission_model.objects.filter(
            content_type__app_label=label, codename__in=codenames
        )
    ]


def _grant_on_root(apps: Apps, group: Any, role: Role) -> None:
    """Give a group its role's permissions on pages and files, on the root of each tree and so everywhere."""
    root_page = apps.get_model("wagtailcore", "Page").objects.filter(depth=1).first()
    root_collection = apps.get_model("wagtailcore", "Collection").objects.filter(depth=1).first()
    page_permissions = apps.get_model("wagtailcore", "GroupPagePermission").objects
    file_permissions = apps.get_model("wagtailcore", "GroupCollectionPermission").objects
    if root_page is not None:
        for permission in _permissions(apps, [f"wagtailcore.{action}_page" for action in role.pages]):
            page_permissions.get_or_create(group=group, page=root_page, permission=permission)
    if root_collection is not None:
        for permission in _permissions(apps, role.files):
            file_permissions.get_or_create(group=group, collection=root_collection, permission=permission)


def create_workflow(apps: Apps) -> None:
    """Create the two-step workflow, assign it to the root page, and switch Wagtail's own workflow off."""
    workflow, _ = apps.get_model("wagtailcore", "Workflow").objects.get_or_create(name=WORKFLOW)
    for order, (task_name, group_name) in enumerate(WORKFLOW_STEPS):
        apps.get_model("wagtailcore", "WorkflowTask").objects.get_or_create(
            workflow=workflow,
            task=_approval_task(apps, task_name, group_name),
            defaults={"sort_order": order},
        )
    _assign_to_root(apps, workflow)
    _set_stock_workflow(apps, active=False)


def use_sign_offs(apps: Apps) -> None:
    """Make the steps of our workflow sign-offs. They keep their groups and their history."""
    _change_steps(apps, ("wagtailcore", "GroupApprovalTask"), ("editorial", "SignOffTask"))


def use_group_approvals(apps: Apps) -> None:
    """Make the steps of our workflow Wagtail's own kind again: the reverse of `use_sign_offs`."""
    _change_steps(apps, ("editorial", "SignOffTask"), ("wagtailcore", "GroupApprovalTask"))


def _change_steps(apps: Apps, former: tuple[str, str], new: tuple[str, str]) -> None:
    label, name = new
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=label, model=name.lower()
    )
    tasks = apps.get_model(*former).objects.filter(name__in=[step for step, _ in WORKFLOW_STEPS])
    for task in tasks:
        groups = list(task.groups.all())
        changed = apps.get_model(label, name)(
            task_ptr_id=task.pk, name=task.name, active=task.active, content_type_id=content_type.pk
        )
        task.groups.clear()
        task.delete(keep_parents=True)
        changed.save()
        changed.groups.set(groups)


def assign_to_facts(apps: Apps, facts: Iterable[tuple[str, str]]) -> None:
    """Assign our workflow to kinds of facts, as (app label, name of the model); one has only one workflow."""
    workflow = apps.get_model("wagtailcore", "Workflow").objects.filter(name=WORKFLOW).first()
    for label, name in facts if workflow is not None else ():
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label=label, model=name.lower()
        )
        apps.get_model("wagtailcore", "WorkflowContentType").objects.get_or_create(
            content_type=content_type, defaults={"workflow": workflow}
        )


def remove_workflow(apps: Apps) -> None:
    """Delete the two-step workflow and its tasks, and switch Wagtail's own workflow on again."""
    apps.get_model("wagtailcore", "Workflow").objects.filter(name=WORKFLOW).delete()
    names = [task_name for task_name, _ in WORKFLOW_STEPS]
    apps.get_model("wagtailcore", "Task").objects.filter(name__in=names).delete()
    _set_stock_workflow(apps, active=True)
    stock = apps.get_model("wagtailcore", "Workflow").objects.filter(name=STOCK_WORKFLOW).first()
    if stock is not None:
        _assign_to_root(apps, stock)


def _approval_task(apps: Apps, name: str, group_name: str) -> Any:
    """Return the task of this name that the group approves; it is created when it is missing."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="wagtailcore", model="groupapprovaltask"
    )
    task, _ = apps.get_model("wagtailcore", "GroupApprovalTask").objects.get_or_create(
        name=name, defaults={"content_type": content_type}
    )
    task.groups.add(apps.get_model("auth", "Group").objects.get(name=group_name))
    return task


def _assign_to_root(apps: Apps, workflow: Any) -> None:
    """Assign a workflow to the root page, and so to all pages. A page can have only one."""
    root_page = apps.get_model("wagtailcore", "Page").objects.filter(depth=1).first()
    if root_page is not None:
        apps.get_model("wagtailcore", "WorkflowPage").objects.update_or_create(
            page=root_page, defaults={"workflow": workflow}
        )


def _set_stock_workflow(apps: Apps, *, active: bool) -> None:
    """Switch Wagtail's own workflow and its task on or off; its history is kept."""
    apps.get_model("wagtailcore", "Workflow").objects.filter(name=STOCK_WORKFLOW).update(active=active)
    apps.get_model("wagtailcore", "Task").objects.filter(name=STOCK_WORKFLOW).update(active=active)

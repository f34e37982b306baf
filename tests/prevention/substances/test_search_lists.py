"""The names for search alone have a screen of their own, and every change is a version of their page."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from wagtail.models import PageLogEntry

from prevention import clock
from prevention.substances.models import SearchNameList, SubstancePage
from prevention.users.models import User
from tests.factories import SubstancePageFactory
from tests.forms import posted

pytestmark = pytest.mark.django_db
LIST = {"names": "zzone\r\nzztwo", "kind": "street", "region": "", "source": "A list"}


@pytest.fixture
def page() -> SubstancePage:
    """A live page with one list, and a draft with another summary."""
    page = SubstancePageFactory(title="Examplium", next_review=None)
    SearchNameList.objects.create(
        page=page, names="zzold", kind="street", source="An old list", ambiguous=True
    )
    page = SubstancePage.objects.get(pk=page.pk)
    page.summary = "A summary that is a draft."
    page.save_revision()
    return page


@pytest.fixture
def editor() -> Client:
    user = User.objects.create_user("editor", password=None)
    user.groups.set(Group.objects.filter(name="Editors"))
    client = Client()
    client.force_login(user)
    return client


def draft(page: SubstancePage) -> SubstancePage:
    found: SubstancePage = SubstancePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    return found


def lists(page: SubstancePage) -> list[str]:
    return [row.names for row in page.search_lists.all()]


def at(name: str, page: SubstancePage, row: SearchNameList | None = None) -> str:
    return reverse(name, args=[page.pk, row.key] if row else [page.pk])


def told(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_a_change_is_one_version_of_the_page_and_changes_nothing_else(
    editor: Client, page: SubstancePage
) -> None:
    before = draft(page).serializable_data()
    (row,) = draft(page).search_lists.all()
    form = posted(editor.get(at("search_lists_edit", page, row)).content.decode())
    assert form["names"] == ["zzold"]
    response = editor.post(at("search_lists_edit", page, row), {**form, "names": "zznew\r\nzzold"})
    assert "Saved with the draft of" in told(response)
    revision = page.revisions.latest("pk")
    assert page.revisions.count() == 2
    assert revision.user.username == "editor"
    after = draft(page).serializable_data()
    changed = {name for name in after if after[name] != before[name]}
    assert changed - {"latest_revision", "latest_revision_created_at"} == {"search_lists"}
    assert after["search_lists"] == [{**before["search_lists"][0], "names": "zznew\nzzold"}]
    # It is public when the page is published, and not before.
    assert lists(SubstancePage.objects.get(pk=page.pk)) == ["zzold"]
    assert PageLogEntry.objects.filter(page=page.pk, action="wagtail.edit", user=revision.user).count() == 1
    page = SubstancePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    page.explain(small=True)
    page.save_revision().publish()
    assert lists(SubstancePage.objects.get(pk=page.pk)) == ["zznew\nzzold"]


def test_a_list_is_added_and_deleted(editor: Client, page: SubstancePage) -> None:
    editor.post(at("search_lists_add", page), LIST)
    assert lists(draft(page)) == ["zzold", "zzone\nzztwo"]
    first, second = draft(page).search_lists.all()
    assert (
        "Remove this list of 2 names, A list?"
        in editor.get(at("search_lists_delete", page, second)).content.decode()
    )
    editor.post(at("search_lists_delete", page, first))
    assert lists(draft(page)) == ["zzone\nzztwo"]
    assert editor.get(at("search_lists_delete", page, first)).status_code == 404


def test_a_page_that_was_never_published_stays_a_draft(editor: Client) -> None:
    page = SubstancePageFactory(title="Examplium", live=False)
    editor.post(at("search_lists_add", page), LIST)
    now = SubstancePage.objects.get(pk=page.pk)
    assert (now.live, lists(now), lists(draft(page))) == (False, ["zzone\nzztwo"], ["zzone\nzztwo"])


def test_the_form_of_the_page_neither_takes_lists_back_nor_is_taken_back(
    editor: Client, page: SubstancePage
) -> None:
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    opened = posted(editor.get(address).content.decode())
    assert not [name for name in opened if name.startswith("search_lists")]
    editor.post(at("search_lists_add", page), LIST)
    # Wagtail's autosave tells the conflict; a plain save keeps both.
    answer = editor.post(address, opened, headers={"Accept": "application/json"})
    assert answer.json()["error_code"] == "invalid_revision"
    editor.post(address, {**opened, "summary": "Written meanwhile."})
    assert draft(page).summary == "Written meanwhile."
    assert lists(draft(page)) == ["zzold", "zzone\nzztwo"]


def test_two_who_change_one_list_are_told_and_lose_nothing(editor: Client, page: SubstancePage) -> None:
    (row,) = draft(page).search_lists.all()
    here = at("search_lists_edit", page, row)
    editor.post(here, {**LIST, "names": "zzfirst"})
    html = editor.post(here, {**LIST, "names": "zzsecond"}).content.decode()
    assert "Somebody has changed or removed this list since you opened it" in html
    assert "zzsecond" in html
    assert lists(draft(page)) == ["zzfirst"]
    assert editor.get(here).headers["Location"] == at("search_lists", page)


def test_nothing_changed_is_no_version_and_a_mistake_is_told(editor: Client, page: SubstancePage) -> None:
    (row,) = draft(page).search_lists.all()
    here = at("search_lists_edit", page, row)
    editor.post(here, posted(editor.get(here).content.decode()))
    html = editor.post(here, {**LIST, "source": ""}).content.decode()
    assert "This field is required." in html
    assert "zzone" in html
    assert page.revisions.count() == 1


@pytest.mark.parametrize("how", ["locked", "in review"])
def test_a_page_that_its_form_would_not_save_is_not_changed(
    editor: Client, page: SubstancePage, how: str
) -> None:
    if how == "locked":
        page.locked, page.locked_at = True, clock.now()
        page.locked_by = User.objects.create_superuser("robin")
        page.save(update_fields=["locked", "locked_at", "locked_by"])
    else:
        page.get_workflow().start(page, User.objects.create_superuser("robin"))
    assert "Add a list" not in editor.get(at("search_lists", page)).content.decode()
    (row,) = draft(page).search_lists.all()
    response = editor.post(at("search_lists_add", page), LIST)
    assert ("locked" if how == "locked" else "Clinical review") in told(response)
    response = editor.post(at("search_lists_delete", page, row))
    assert ("locked" if how == "locked" else "Clinical review") in told(response)
    assert lists(draft(page)) == ["zzold"]


def test_who_may_not_edit_the_page_gets_no_screen(page: SubstancePage) -> None:
    reviewer = User.objects.create_user("clin", password=None)
    reviewer.groups.set(Group.objects.filter(name="Clinical reviewers"))
    client = Client()
    client.force_login(reviewer)
    (row,) = draft(page).search_lists.all()
    for address in (
        at("search_lists", page),
        at("search_lists_results", page),
        at("search_lists_add", page),
        at("search_lists_edit", page, row),
        at("search_lists_delete", page, row),
    ):
        for response in (client.get(address), client.post(address, LIST)):
            assert response.headers["Location"] == reverse("wagtailadmin_home")
    assert page.revisions.count() == 1
    assert (
        at("search_lists", page)
        not in client.get(reverse("wagtailadmin_explore", args=[page.get_parent().pk])).content.decode()
    )


def test_the_screen_is_paged_and_searched(
    editor: Client, queries: Any, django_assert_max_num_queries: Any
) -> None:
    page = SubstancePage.objects.get(slug="cannabis")
    assert page.search_lists.count() > 60
    assert "search_lists" not in posted(
        editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    )
    first = editor.get(at("search_lists", page))
    assert len(first.context["object_list"]) == 20
    assert len(first.content) < 80_000
    with django_assert_max_num_queries(16):
        editor.get(at("search_lists", page))
    last = editor.get(f"{at('search_lists', page)}?p=99")
    assert last.context["page_obj"].number == last.context["paginator"].num_pages > 3
    found = editor.get(f"{at('search_lists_results', page)}?q=HASH cakes")
    names = [row.names for row in found.context["object_list"]]
    assert names
    assert all("hash cakes" in text.lower() for text in names)
    assert "<html" not in found.content.decode()
    assert "hash cakes" in found.content.decode()


def test_it_is_linked_from_the_form_and_from_the_list_of_pages(editor: Client, page: SubstancePage) -> None:
    link = f'href="{at("search_lists", page)}"'
    assert link in editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert (
        link
        in editor.get(
            f"{reverse('wagtailadmin_explore', args=[page.get_parent().pk])}?q=Examplium"
        ).content.decode()
    )


def test_names_of_others_are_told_whatever_they_are_there(editor: Client, page: SubstancePage) -> None:
    other = SubstancePageFactory(title="Otherium (brand)", slug="otherium", names=["zzname"])
    SearchNameList.objects.create(
        page=other, names="zzlisted\nzzboth", kind="street", source="A list", ambiguous=True
    )
    names = {**LIST, "names": "Otherium\r\nZZname\r\nzzlisted\r\nzzfree"}
    words = told(editor.post(at("search_lists_add", page), names))
    for name in ("Otherium", "ZZname", "zzlisted"):
        assert f"{name}&#x27; is also a name of Otherium (brand)" in words
    assert "zzfree" not in words
    both = told(editor.post(at("search_lists_add", page), {**LIST, "names": "zzboth", "ambiguous": "on"}))
    assert "zzboth" not in both


def test_versions_are_compared_by_their_lists(editor: Client, page: SubstancePage) -> None:
    editor.post(at("search_lists_add", page), LIST)
    address = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "live", "latest"])
    assert "zztwo" in editor.get(address).content.decode()

"""The five roles of staff, and the steps of the workflow, as data.

`services.sync_roles` writes the roles into the database after every migrate. It adds permissions and never
removes any; a council that needs another set makes a group of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

ADMIN_ACCESS = "wagtailadmin.access_admin"

USE_FILES = (
    "wagtailimages.choose_image",
    "wagtaildocs.choose_document",
)
EDIT_FILES = (
    *USE_FILES,
    "wagtailimages.add_image",
    "wagtailimages.change_image",
    "wagtaildocs.add_document",
    "wagtaildocs.change_document",
)
DELETE_FILES = ("wagtailimages.delete_image", "wagtaildocs.delete_document")


@dataclass(frozen=True)
class Role:
    """A group of staff and its permissions. Every role may open the admin."""

    name: str
    does: str
    pages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    # Actions on facts, which have drafts, and on snippets whose changes are public at once. To publish a fact
    # means to withdraw it, and to publish it by the urgent route (decision 58).
    drafted_snippets: tuple[str, ...] = ()
    live_snippets: tuple[str, ...] = ()
    # Labels of the apps whose models this role may view.
    reads: tuple[str, ...] = ()


EDITORS = Role(
    name="Editors",
    does="Write and change pages and facts, and hand them in. Nothing is public until it is approved.",
    pages=("add", "change"),
    files=EDIT_FILES,
    drafted_snippets=("add", "change", "view"),
    live_snippets=("view",),
)
CLINICAL_REVIEWERS = Role(
    name="Clinical reviewers",
    does="Check the facts: the first step of the workflow. May hold a page while they check it.",
    pages=("lock",),
    files=USE_FILES,
    drafted_snippets=("view",),
    live_snippets=("view",),
)
LEGAL_REVIEWERS = Role(
    name="Legal reviewers",
    does="Check what the page says about the law: the second step. Their approval publishes.",
    pages=("lock",),
    files=USE_FILES,
    drafted_snippets=("view",),
    live_snippets=("view",),
)
MODERATORS = Role(
    name="Moderators",
    does="Answer for the site: publish, withdraw and unlock, also without the workflow when it is urgent.",
    pages=("add", "bulk_delete", "change", "lock", "publish", "unlock"),
    files=(*EDIT_FILES, *DELETE_FILES),
    drafted_snippets=("add", "change", "delete", "publish", "lock", "unlock", "view"),
    live_snippets=("add", "change", "delete", "view"),
    reads=("engagement", "indicators"),
)
ANALYSTS = Role(
    name="Analysts",
    does="See the counts, the indicators and what waits for review. Change nothing.",
    reads=("engagement", "indicators"),
)

ROLES = (EDITORS, CLINICAL_REVIEWERS, LEGAL_REVIEWERS, MODERATORS, ANALYSTS)
# Wagtail's migrations make these two groups; the other three are made and removed here.
STOCK_ROLES = frozenset({"Editors", "Moderators"})

WORKFLOW = "Clinical then legal"
# (name of the task, name of the role that approves it), in order.
WORKFLOW_STEPS = (
    ("Clinical review", CLINICAL_REVIEWERS.name),
    ("Legal review", LEGAL_REVIEWERS.name),
)
STOCK_WORKFLOW = "Moderators approval"

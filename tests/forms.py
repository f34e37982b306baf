"""What a browser sends when a form is posted as it was loaded."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag

Fields = dict[str, list[str]]
NOT_SENT = {"submit", "button", "image", "reset", "file"}


def posted(html: str, form: str = "#page-edit-form, form[method=post][data-edit-form]") -> Fields:
    """Return {name: values} of a form in a page of the admin, by its CSS selector, without its buttons.

    Raises LookupError when there is no such form.
    """
    found = BeautifulSoup(html, "html.parser").select_one(form)
    if found is None:
        raise LookupError(f"This page has no form {form}.")
    fields: Fields = {}
    for control in found.select("input[name], select[name], textarea[name]"):
        # Templates of rows that scripts add are not part of the form yet.
        if control.find_parent("template") is None and not control.has_attr("disabled"):
            values = _values(control)
            if values:
                fields.setdefault(str(control["name"]), []).extend(values)
    return fields


def _values(control: Tag) -> list[str]:
    if control.name == "textarea":
        # A browser drops the first line end of a text area, and sends line ends as CR LF.
        text = control.get_text().removeprefix("\n")
        return [text.replace("\r\n", "\n").replace("\n", "\r\n")]
    if control.name == "select":
        chosen = control.select("option[selected]") or (
            [] if control.has_attr("multiple") else control.select("option")[:1]
        )
        return [str(option.get("value", option.get_text())) for option in chosen]
    kind = str(control.get("type", "text"))
    if kind in NOT_SENT or (kind in {"checkbox", "radio"} and not control.has_attr("checked")):
        return []
    return [str(control.get("value", "on" if kind == "checkbox" else ""))]

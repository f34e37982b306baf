"""What a browser sends when a form is posted as it was loaded."""

from __future__ import annotations

from lxml import html as parser

Fields = dict[str, list[str]]
EDITOR = "//form[@id='page-edit-form' or @data-edit-form]"


def posted(html: str, form: str = EDITOR) -> Fields:
    """Return {name: values} of a form in a page of the admin, found by an XPath, without its buttons.

    Raises LookupError when there is no such form.
    """
    found = parser.fromstring(html).xpath(form)
    if not found:
        raise LookupError(f"This page has no form {form}.")
    # Templates of rows that scripts add are not part of the form yet.
    for template in list(found[0].iter("template")):
        template.drop_tree()
    for control in list(found[0].iter("input")):
        if control.type == "button":
            control.drop_tree()
        elif not control.checkable and control.value is None:
            control.value = ""
    areas = {area.name for area in found[0].iter("textarea")}
    fields: Fields = {}
    for name, value in found[0].form_values():
        fields.setdefault(name, []).append(_typed(value) if name in areas else value)
    return fields


def _typed(text: str) -> str:
    """Return what a browser sends of a text area: without its first line end, and with others as CR LF."""
    return text.removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")

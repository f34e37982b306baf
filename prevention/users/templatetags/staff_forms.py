"""{{ field|site_input }}: gives the fields of allauth's forms the site's CSS class."""

from __future__ import annotations

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def site_input(field: BoundField) -> SafeString:
    """Return the HTML of a field with the class of our inputs. Django adds its aria attributes."""
    return field.as_widget(attrs={"class": "field__input"})

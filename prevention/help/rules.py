"""What a helpline must have before it is public; settings.PUBLISHING_RULES names the function."""

from __future__ import annotations

import re

from django.db.models import Model

from prevention.core.fields import lines
from prevention.core.publishing import Errors
from prevention.help.hours import Hours
from prevention.help.models import Helpline

# As people in the UK read numbers, without their spaces: 999, 116123, 08001111, 03001236600, +441234567890.
NUMBER = re.compile(r"0[1-9]\d{6,9}|[1-9]\d{2,5}|\+[1-9]\d{7,14}")
WRITE_A_NUMBER = "'{}' is no telephone number. Write digits and spaces alone, such as 0800 1111 or 116 123."


def helpline_rules(instance: Model) -> Errors:
    """Return what is wrong with a helpline: {field: sentence}; {} for anything else."""
    if not isinstance(instance, Helpline):
        return {}
    errors: Errors = {}
    for field in ("phone", "text_number"):
        number = getattr(instance, field)
        if number and not NUMBER.fullmatch(number.replace(" ", "")):
            errors[field] = WRITE_A_NUMBER.format(number)
    if not instance.is_reachable:
        errors["phone"] = "Give a number to ring or to text, or a website: there is no way to reach it."
    try:
        Hours.read(lines(instance.opening))
    except ValueError as error:
        errors["opening"] = str(error)
    return errors

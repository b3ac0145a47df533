"""Journey of the demo: the shop's template with its diary, which the template only proposes."""

import re

from cjm import templates

JOURNEY = "shop"
_DIARY_MARK = "# [diary]\n"


def read_demo_source(language: str) -> str:
    """Return the journey file of a demo in this language; customers whose language is not known are asked in it, too.

    Its diary is switched on: a business decides for itself whether to invite to one, but the demo should show it.
    """
    text = templates.text(JOURNEY, language)
    before, mark, after = text.partition(_DIARY_MARK)
    return before + re.sub(r"^# ", "", mark + after, flags=re.MULTILINE)

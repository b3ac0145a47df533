"""Journey of a demo: that of its template, with the diary that some templates only propose."""

import re

from cjm import templates

DEFAULT_TEMPLATE = "shop"
_DIARY_MARK = "# [diary]\n"


def read_demo_source(template: str, language: str) -> str:
    """Return the journey file of a demo in this language; customers whose language is not known are asked in it, too.

    Its diary is switched on: a business decides for itself whether to invite to one, but the demo should show it.
    """
    before, mark, after = templates.text(template, language).partition(_DIARY_MARK)
    return before + re.sub(r"^# ", "", mark + after, flags=re.MULTILINE)

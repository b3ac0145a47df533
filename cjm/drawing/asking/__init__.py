"""Picture of the asking: portrait, 1080 pixels wide, texts of at least 34 px.

From top to bottom: what became of the questions, by survey; how many answer by the hour; who of the visitors was heard.
"""

from cjm.drawing.asking.header import draw_asking_header
from cjm.drawing.asking.hours import draw_hours
from cjm.drawing.asking.page import AskingPage
from cjm.drawing.asking.surveys import draw_outcome_legend, draw_surveys
from cjm.drawing.asking.visitors import draw_visitors
from cjm.drawing.canvas import Canvas
from cjm.drawing.phone.page import WIDTH
from cjm.drawing.primitives import Picture
from cjm.drawing.theme import PHONE_TYPOGRAPHY, Theme
from cjm.drawing.typeset import TextMeasure
from cjm.figures.findings.asking.report import AskingReport
from cjm.wording.words import FigureWords

__all__ = ["lay_out_asking"]


def lay_out_asking(report: AskingReport, words: FigureWords, measure: TextMeasure, theme: Theme) -> Picture:
    """Place everything of the picture."""
    page = AskingPage(Canvas(measure, theme, words.language), PHONE_TYPOGRAPHY, report, words)
    y = draw_asking_header(page)
    if report.total.question_count:
        y = draw_surveys(page, y)
        y = draw_outcome_legend(page, y)
        y = draw_hours(page, y)
    y = draw_visitors(page, y)
    return page.canvas.to_picture(WIDTH, y + 46)

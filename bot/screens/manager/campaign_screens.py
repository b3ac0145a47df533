"""Screens of /ask: what can be asked, whom, how many that are, and what became of it."""

from collections.abc import Iterator
from datetime import datetime

from bot.messages.callbacks import Action, CampaignVerb
from bot.messages.message import Button, ButtonRow, Message, Prose, bold, join_lines, plain
from bot.messages.notice import Notice
from bot.outbox.letters.campaigns.campaign_notice import CampaignReport, report_text, segment_title, survey_title
from bot.outbox.letters.campaigns.preview import render_preview
from bot.screens.buttons import button_row
from bot.texts import Words
from bot.texts.asking_reasons import reason_text
from bot.usecases.campaigns.prepare_campaign import MOST_COUNTED, CampaignChoice, CampaignCount, CampaignMenu
from cjm.asking.campaign_state import CampaignState
from cjm.asking.decision import AskingVerdict
from cjm.text import cut_text

MOST_LABEL = 60
MOST_SHOWN = 40  # surveys, segments or running campaigns: a person reads no more buttons


def survey_list(menu: CampaignMenu, words: Words) -> Message:
    """Offer the surveys that can be asked by hand, and the reports about those that are being asked."""
    running = [
        button_row(
            _label(words("ask.button.running", title=_title(report, words))),
            CampaignVerb.REFRESH,
            report.campaign.id,
        )
        for report in menu.running[:MOST_SHOWN]
    ]
    titles = [survey_title(one.version.journey, one.survey.key, words.language) for one in menu.surveys[:MOST_SHOWN]]
    surveys = [
        button_row(_label(title), CampaignVerb.CHOOSE_SURVEY, menu.view_id, place) for place, title in enumerate(titles)
    ]
    return Message(plain(words("ask.choose" if surveys else "ask.none")), (*running, *surveys))


def _title(report: CampaignReport, words: Words) -> str:
    return survey_title(report.journey, report.campaign.survey, words.language)


def _label(text: str) -> str:
    return cut_text(text, MOST_LABEL)


def segment_list(choice: CampaignChoice, words: Words) -> Message:
    """Offer everyone first, then the segments."""
    journey, args = choice.askable.version.journey, (choice.view_id, choice.place)
    titles = [segment_title(journey, segment, words) for segment in ("", *choice.segments[: MOST_SHOWN - 1])]
    rows = [button_row(_label(title), CampaignVerb.CHOOSE_SEGMENT, *args, n) for n, title in enumerate(titles)]
    back = button_row(words("manager.button.back"), CampaignVerb.LIST)
    head = bold(survey_title(journey, choice.askable.survey.key, words.language))
    return Message(join_lines([head, words("ask.whom.ask")], "\n\n"), (*rows, back))


def count_screen(count: CampaignCount, words: Words) -> Message:
    """Show how many would be asked, and how many would not and why."""
    choice = count.choice
    args = (choice.view_id, choice.place)
    rows = [button_row(words("ask.button.preview"), CampaignVerb.PREVIEW, *args)]
    if count.to_ask:
        ask = words("ask.button.ask", n=count.to_ask)
        rows.append(button_row(ask, CampaignVerb.ASK_START, *args, choice.segment_place))
    back = button_row(words("manager.button.back"), CampaignVerb.CHOOSE_SURVEY, *args)
    return Message(join_lines([*_list_head(choice, words), *_list_numbers(count, words)]), (*rows, back))


def _list_head(choice: CampaignChoice, words: Words) -> Iterator[Prose | str]:
    journey = choice.askable.version.journey
    yield bold(survey_title(journey, choice.askable.survey.key, words.language))
    yield words("ask.whom", whom=segment_title(journey, choice.segment, words)) + "\n"


def _list_numbers(count: CampaignCount, words: Words) -> Iterator[str]:
    not_asked = sum(count.not_asked.values())
    if not count.to_ask and not not_asked:
        yield words("ask.count.empty")
        return
    yield words("ask.count.asked", n=count.to_ask) if count.to_ask else words("ask.count.nobody")
    if count.later:
        yield words("ask.count.later", n=count.later)
    if not_asked:
        yield "\n" + words("ask.count.not", n=not_asked)
    for reason, n in sorted(count.not_asked.items(), key=lambda one: (-one[1], one[0])):
        why = reason_text(words, AskingVerdict.SKIP, reason)
        yield words("ask.reason", count=words.number(n), reason=why)
    if count.is_partial:
        yield "\n" + _partial_text(words)


def _partial_text(words: Words) -> str:
    return words("ask.count.partial", most=words.number(MOST_COUNTED))


def confirmation(count: CampaignCount, words: Words) -> Message:
    """Ask once more before anything is sent."""
    if not count.to_ask:
        return count_screen(count, words)
    args = (count.choice.view_id, count.choice.place, count.choice.segment_place)
    yes = Button(words("ask.confirm.yes"), Action.of(CampaignVerb.START, *args))
    no = Button(words("ask.confirm.no"), Action.of(CampaignVerb.CHOOSE_SEGMENT, *args))
    ask, how = bold(words("ask.confirm", n=count.to_ask)), words("ask.confirm.how")
    more = _partial_text(words) if count.is_partial else ""
    return Message(join_lines([*_list_head(count.choice, words), ask, more, how]), ((yes, no),))


def preview(choice: CampaignChoice, words: Words, now: datetime) -> Message:
    """Show the survey's first question as customers read it."""
    journey, survey = choice.askable.version.journey, choice.askable.survey
    return render_preview(journey, survey, words.language, CampaignVerb.IN_PREVIEW, now)


def preview_notice(words: Words) -> Notice:
    """Say that a button under a preview stores nothing."""
    return Notice(words("ask.preview.tap"))


def gone_notice(words: Words) -> Notice:
    """Say that a list of surveys, or a campaign, is not there any more."""
    return Notice(words("ask.gone"), is_alert=True)


def report_screen(report: CampaignReport, words: Words) -> Message:
    """Show what became of a campaign until now."""
    return Message(report_text(report, words), _report_buttons(report, words))


def _report_buttons(report: CampaignReport, words: Words) -> tuple[ButtonRow, ...]:
    refresh = Button(words("ask.button.refresh"), Action.of(CampaignVerb.REFRESH, report.campaign.id))
    if report.campaign.state is not CampaignState.RUNNING:
        return ((refresh,),)
    return ((refresh, Button(words("ask.button.stop"), Action.of(CampaignVerb.ASK_STOP, report.campaign.id))),)


def stop_confirmation(report: CampaignReport, words: Words) -> Message:
    """Ask once more before a running campaign is stopped; one that is over is shown as it is."""
    if report.campaign.state is not CampaignState.RUNNING:
        return report_screen(report, words)
    number = report.campaign.id
    yes = Button(words("ask.stop.yes"), Action.of(CampaignVerb.STOP, number))
    no = Button(words("ask.stop.no"), Action.of(CampaignVerb.REFRESH, number))
    return Message(join_lines([bold(_title(report, words)), words("ask.stop")], "\n\n"), ((yes, no),))

"""Kinds of letters that the outbox can send."""

from bot.app.parts import Parts
from bot.outbox.kinds import LetterKind
from bot.outbox.letters.campaigns.campaign_notice import CampaignNoticeLetter
from bot.outbox.letters.case_card import CaseCardLetter
from bot.outbox.letters.case_notice import CaseNoticeLetter
from bot.outbox.letters.case_receipt import CaseReceiptLetter
from bot.outbox.letters.case_reply import CaseReplyLetter
from bot.outbox.letters.diary.diary_thanks import DiaryThanksLetter
from bot.outbox.letters.digest import DigestLetter
from bot.outbox.letters.draft_question import DraftQuestionLetter
from bot.outbox.letters.greeting import GreetingLetter
from bot.outbox.letters.invitation import InvitationLetter
from bot.outbox.letters.manager_welcome import ManagerWelcomeLetter
from bot.outbox.letters.notice import NoticeLetter
from bot.outbox.letters.recalls.erasure_report import ErasureReportLetter
from bot.outbox.letters.recalls.recall_list import RecallListLetter
from bot.outbox.letters.reminder import ReminderLetter, StepLetter
from bot.outbox.letters.zone_notice import ZoneNoticeLetter


def make_letter_kinds(parts: Parts) -> list[LetterKind]:
    """Return one kind per sort of letter; a kind that is missing here is never sent."""
    db, clock, limits = parts.db, parts.clock, parts.messenger.limits
    rules = parts.settings.asking.rules
    return [
        InvitationLetter(db, clock, parts.expire_after, rules),
        ReminderLetter(db, clock, rules),
        StepLetter(db, clock),
        CaseCardLetter(db, parts.routing),
        CaseNoticeLetter(db, limits, parts.routing),
        CaseReceiptLetter(db),
        CaseReplyLetter(db, limits),
        DigestLetter(db, parts.make_digest, parts.draw_map, parts.routing, limits),
        NoticeLetter(db),
        GreetingLetter(db, parts.settings.asking),
        DraftQuestionLetter(db, clock),
        ManagerWelcomeLetter(),
        RecallListLetter(parts.messenger, parts.routing),
        ErasureReportLetter(),
        ZoneNoticeLetter(db, clock, rules.quiet_hours),
        CampaignNoticeLetter(db, parts.routing),
        DiaryThanksLetter(db, clock, rules.quiet_hours),
    ]

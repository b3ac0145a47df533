"""Maps in the scripts of the world, and with titles as long as languages with long words make them."""

from collections.abc import Sequence
from dataclasses import replace

from cjm.figures.journey_map import Barrier, ChangeDirection, JourneyMap, StageFigures, TouchpointFigures
from cjm.figures.map_parts.voice import Voice
from tests.cjm.drawing.maps import journey_map, stage, touchpoint

LONG_TITLES = (
    "Ожидание послепродажного обслуживания и настройки велосипеда",
    "Высококвалифицированное консультирование покупателя вживую",
    "Неудовлетворённость-и-возврат",
    "Konstantynopolitańczykowianeczka zamawia rower przez telefon",
    "Przełożenie terminu dostawy i ponowne potwierdzenie godziny",
    "Pięćdziesięciogroszówka",
)


def world_shop() -> JourneyMap:
    """A stage each in Japanese, Arabic, Hebrew, Thai and Hindi, and one with emoji and letters that no font has."""
    stages = [
        _stage(
            "配送：ご注文から商品のお届けまで", 78, 182, "配送がとても早くて助かりました。箱もきれいでした。", 4,
            [_place("お届け当日のご連絡", 68, 60, moment=True)], "営業時間が間違っている", before=70,
        ),
        _stage(
            "التوصيل إلى المنزل في الموعد", 64, 164, "وصل الطلب متأخراً (3 أيام) ولم يتصل بي أحد من الشركة.", 1,
            [_place("اتصال المندوب", 53, 58)], "لم يتصل أحد",
        ),
        _stage(
            "משלוח עד הבית", 85, 151, "הזמנתי iPhone 15 והגיע תוך יומיים, שירות מעולה!", 4,
            [_place("דף התשלום", 79, 66)],
        ),
        _stage(
            "การจัดส่งสินค้าถึงบ้านตรงเวลา", 47, 120, "รอทั้งวันไม่มีใครโทรมาเลย ส่งของช้ากว่ากำหนดสองวัน", 0,
            [_place("วันที่จัดส่งพัสดุ", 34, 64, moment=True)], "ส่งช้าและไม่มีใครโทรแจ้ง",
        ),
        _stage(
            "डिलीवरी और स्थापना की प्रक्रिया", 75, 34, "डिलीवरी समय पर हुई, लेकिन किसी ने फ़ोन नहीं किया। क्षमा नहीं मिलेगी!", 2,
            [_place("वेबसाइट पर भुगतान", 60, 13)], "किसी ने फ़ोन नहीं किया",
        ),
        _stage(
            "Chat 💬 and ᏣᎳᎩ", 75, 94, "Great 😀👍🏽 thanks ❤️ 👩‍👩‍👧 🇵🇱 ★★★★☆ 1️⃣", 4,
            [_place("Bot 🤖", 60, 33)], "Rude 😡",
        ),
    ]  # fmt: skip
    title = "お店 · متجر · חנות · ร้านค้า · दुकान 🚲"
    return replace(journey_map(stages), title=title, purpose="顧客はどこで困っていますか？")


def shop_with_long_titles() -> JourneyMap:
    """Six titles of up to 60 characters; some touchpoints have no answers, some are withheld."""
    stages = [
        _stage(
            title, (78, 64, 60, 85, 47, 75)[i], (182, 64, 0, 151, 120, 4)[i], f"{title}!", i % 5,
            [_place(LONG_TITLES[i - 1], 62, (0, 3, 40, 7)[i % 4], moment=i % 2 == 0), _place(LONG_TITLES[i - 2], 0, 0)],
            LONG_TITLES[i - 3],
        )
        for i, title in enumerate(LONG_TITLES)
    ]  # fmt: skip
    return replace(journey_map(stages, language="pl"), title=LONG_TITLES[3], purpose=LONG_TITLES[0])


def _place(title: str, value: float, n: int, *, moment: bool = False) -> TouchpointFigures:
    return touchpoint(title, "chat", value, n, moment=moment)


def _stage(
    title: str,
    value: float,
    n: int,
    words: str,
    mood: int,
    places: Sequence[TouchpointFigures],
    barrier: str = "",
    before: float | None = None,
) -> StageFigures:
    direction = ChangeDirection.SAME if before is None else ChangeDirection.BETTER
    return stage(title, value, n, before, direction, places, [Barrier(barrier, 12)], [Voice(words, mood)], title)

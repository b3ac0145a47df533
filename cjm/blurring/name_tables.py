"""Tables for finding names: the endings of Russian and Polish, and the names that are words too."""

LONGEST_ENDING = 6

ENDINGS_BY_LAST_LETTERS = {
    "а": "а ы и у е ой ою ин ины", "я": "я и е ю ей ею", "ия": "ия ии ию ией", "ая": "ая ой ую ою",
    "й": "й я ю ем е и", "ь": "ь я ю ем е и ью", "ий": "ий ого его ому ему им ом ем ая ой ую ие их ими",
    "ый": "ый ого ому ым ом ая ой ую ые ых ыми", "ой": "ой ого ому ым ом ая ую ые ых",
    "a": "a y i e ie o u ej", "": "а у ом ем е ым ой ы ых ыми и ову",
    "ski": "ski skiego skiemu skim ska skiej ską skie", "ek": "ek ka kowi kiem ku", "el": "el la lowi lem lu",
    "ia": "ia ii ie io ej", "latin": "a owi em iem u ie ze ów ami ach iego",
}  # fmt: skip
"""Endings of the grammatical cases of a name, by its last letters; "" and "latin" are for names on a consonant."""

_ALSO_WORDS = """
вера надежда любовь роман лев роза слава света люда марк марта май мая рада лада злата мила жанна тома соня поля вал
гений мир нева сила весна женя коля лена катя паша галя валя
петя рома сева том
mark will bill grace faith hope joy may april june rose rich frank art miles chase guy drew pat sue jack dick rob grant
pierce summer autumn dawn eve iris lily violet ruby pearl amber crystal sandy penny bob max sam dan don best king young
price cook baker long short brown white green black gray wood stone field bank page bell hall day moon star major
roza kalina malina jagoda mak lis wilk zajac kot kos kowal mroz lato zima rok maj kwiecien dobry maly wielki nowy nowak
"""
ALSO_WORDS = frozenset(_ALSO_WORDS.split())
"""Names that are words, folded: in small letters they would be taken for the person."""

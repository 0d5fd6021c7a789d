"""The words the bundled recognizer knows, and how they are said.

The 35 words of Speech Commands (Warden 2018, arXiv:1804.03209), the ten digits among them, in the
39 phones of the CMU Pronouncing Dictionary. Where people say a word in two ways, both are here.
"""

PHONES = (
    *("AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH"),
    *("IH", "IY", "JH", "K", "L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH", "UH"),
    *("UW", "V", "W", "Y", "Z", "ZH"),
)
BLANK = 0
"""The token between phones; a phone's token is its place in `PHONES`, counted from 1."""
TOKENS = 1 + len(PHONES)

PRONUNCIATIONS: dict[str, tuple[str, ...]] = {
    "backward": ("B AE K W ER D",),
    "bed": ("B EH D",),
    "bird": ("B ER D",),
    "cat": ("K AE T",),
    "dog": ("D AO G", "D AA G"),
    "down": ("D AW N",),
    "eight": ("EY T",),
    "five": ("F AY V",),
    "follow": ("F AA L OW",),
    "forward": ("F AO R W ER D",),
    "four": ("F AO R",),
    "go": ("G OW",),
    "happy": ("HH AE P IY",),
    "house": ("HH AW S",),
    "learn": ("L ER N",),
    "left": ("L EH F T",),
    "marvin": ("M AA R V IH N",),
    "nine": ("N AY N",),
    "no": ("N OW",),
    "off": ("AO F", "AA F"),
    "on": ("AA N", "AO N"),
    "one": ("W AH N",),
    "right": ("R AY T",),
    "seven": ("S EH V AH N",),
    "sheila": ("SH IY L AH",),
    "six": ("S IH K S",),
    "stop": ("S T AA P",),
    "three": ("TH R IY",),
    "tree": ("T R IY",),
    "two": ("T UW",),
    "up": ("AH P",),
    "visual": ("V IH ZH AH W AH L", "V IH ZH UW L"),
    "wow": ("W AW",),
    "yes": ("Y EH S",),
    "zero": ("Z IH R OW", "Z IY R OW"),
}
WORDS = tuple(PRONUNCIATIONS)
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def tokens(pronunciation: str) -> tuple[int, ...]:
    """Phones as tokens. Raises `ValueError` for a phone that is none."""
    return tuple(PHONES.index(phone) + 1 for phone in pronunciation.split())

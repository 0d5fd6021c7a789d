"""Telling MP3 and AAC streams, which begin with no signature but with a frame like any other.

A frame starts with eleven set bits, which chance sets too; so the next one must follow where the
first one ends (ISO/IEC 11172-3, 2.4.2.3 and ISO/IEC 13818-7, 6.2).
"""

from functools import partial

TAG = 10
"""Bytes of the header of an ID3v2 tag, which may lie before any such stream."""
MP3 = "an MP3 recording"
AAC = "an AAC recording"

KBITS = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Kilobits a second of layer III, by the version of MPEG."""
RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Samples a second, by the two bits that tell the version: 1, 2 and 2.5."""


def kind_of_stream(data: bytes) -> str | None:
    """`MP3`, `AAC`, or None where `data` is no such stream."""
    if not data.startswith(b"ID3"):
        return kind_at(data, 0)
    if len(data) < TAG:
        return None
    size = 0
    for byte in data[6:TAG]:
        size = size << 7 | byte & 0x7F
    begin = TAG + size
    if data.startswith(b"fLaC", begin):
        return "a FLAC recording"
    return kind_at(data, begin) or MP3


def kind_at(data: bytes, begin: int) -> str | None:
    for kind, length in ((MP3, partial(mp3_length, data)), (AAC, partial(aac_length, data))):
        first = length(begin)
        if first and (begin + first == len(data) or length(begin + first)):
            return kind
    return None


def mp3_length(data: bytes, at: int) -> int:
    """Bytes of the frame of layer III that begins there, 0 if none does."""
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # sync, layer III
        return 0
    version = head[1] >> 3 & 3
    bits, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or rate == 3 or bits in (0, 15):
        return 0
    first = version == 3
    per_second = KBITS[1 if first else 2][bits] * 1000
    return (144 if first else 72) * per_second // RATES[version][rate] + (head[2] >> 1 & 1)


def aac_length(data: bytes, at: int) -> int:
    """Bytes of the ADTS frame that begins there, 0 if none does."""
    head = data[at : at + 6]
    if len(head) < 6 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or head[2] >> 2 & 15 > 12:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0

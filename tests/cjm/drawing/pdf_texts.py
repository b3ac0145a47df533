"""Reading of the texts of a PDF that Tropa wrote, with nothing but the rules of the format."""

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj\n", re.S)
_SHOWN = re.compile(r"/(F\d+) 1 Tf.*?\[(.*?)\] TJ")


def read_streams(pdf: bytes) -> dict[int, str]:
    """Return the streams by the numbers of their objects, as characters of one byte each."""
    parts = {int(number): content.partition(b" >>\nstream\n")[2] for number, content in _OBJECT.findall(pdf)}
    return {
        n: zlib.decompress(data.removesuffix(b"\nendstream")).decode("latin-1") for n, data in parts.items() if data
    }


def read_texts(pdf: bytes) -> list[str]:
    """Return the texts in the order of the page: of a line that tells its letters as a whole, those letters."""
    streams, fonts = read_streams(pdf), {}
    for number, content in _OBJECT.findall(pdf):
        if content.startswith(b"<< /Type /Font /Subtype /Type0"):
            found = re.search(rb"/ToUnicode (\d+) 0 R", content)
            assert found
            fonts[int(number)] = _read_codes(streams[int(found[1])])
    content = next(text for text in streams.values() if " cm 4 M" in text[:80])
    names = {name.decode(): fonts[int(number)] for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", pdf)}
    return [_read_line(line, names) for line in re.findall(r"(?:/Span[^\n]*BDC )?BT\n.*?ET", content, re.S)]


def _read_line(line: str, fonts: dict[str, dict[str, str]]) -> str:
    if whole := re.match(r"/Span << /ActualText <FEFF([0-9A-F]*)>", line):
        return bytes.fromhex(whole[1]).decode("utf-16-be")
    parts = [(font, "".join(re.findall(r"<([0-9A-F]*)>", shown))) for font, shown in _SHOWN.findall(line)]
    return "".join(fonts[font].get(codes[i : i + 4], "") for font, codes in parts for i in range(0, len(codes), 4))


def _read_codes(meanings: str) -> dict[str, str]:
    pairs = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>\n", meanings)
    return {code: bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}

"""PDF file: numbered objects, and the table of their places at the end."""

import hashlib
import zlib


class PdfFile:
    """File under construction; an object's number is what others refer to it by."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []

    def reserve(self) -> int:
        """Return the number of an object that is set later."""
        self._objects.append(b"null")
        return len(self._objects)

    def set(self, number: int, text: str) -> None:
        """Set what a reserved object is."""
        self._objects[number - 1] = text.encode("latin-1")

    def add(self, text: str) -> int:
        """Add an object; return its number."""
        number = self.reserve()
        self.set(number, text)
        return number

    def add_stream(self, entries: str, data: bytes) -> int:
        """Add compressed data with further entries of its dictionary; return its number."""
        packed = zlib.compress(data, 6)
        head = f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode("latin-1")
        self._objects.append(head + packed + b"\nendstream")
        return len(self._objects)

    def to_bytes(self, catalog: int, info: int) -> bytes:
        """Return the file; its id is made of its content."""
        file = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places = []
        for number, content in enumerate(self._objects, 1):
            places.append(len(file))
            file += b"%d 0 obj\n%b\nendobj\n" % (number, content)
        name, start = hashlib.sha256(file).hexdigest()[:32], len(file)
        file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        file += b"".join(b"%010d 00000 n \n" % place for place in places)
        trailer = f"<< /Size {len(places) + 1} /Root {catalog} 0 R /Info {info} 0 R /ID [<{name}> <{name}>] >>"
        return bytes(file) + f"trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n".encode()


def write_text_string(text: str) -> str:
    """Return a text as PDF writes it in any language: as UTF-16 in hexadecimal digits."""
    return f"<FEFF{encode_utf16(text)}>"


def encode_utf16(text: str) -> str:
    """Return the text as hexadecimal digits of UTF-16; half characters are left out."""
    return text.encode("utf-16-be", "ignore").hex().upper()

"""Images of a PDF: their pixels, and how much of the paper shows through each."""

from io import BytesIO

from PIL import Image

from cjm.drawing.ink.pdf_file import PdfFile


def add_image(file: PdfFile, png: bytes) -> int:
    """Add an image to the file; return its number."""
    with Image.open(BytesIO(png)) as opened:
        image = opened.convert("RGBA")
    size = f"/Type /XObject /Subtype /Image /Width {image.width} /Height {image.height} /BitsPerComponent 8"
    mask = file.add_stream(f"{size} /ColorSpace /DeviceGray", image.getchannel("A").tobytes())
    return file.add_stream(f"{size} /ColorSpace /DeviceRGB /SMask {mask} 0 R", image.convert("RGB").tobytes())

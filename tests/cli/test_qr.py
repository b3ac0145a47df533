"""`tropa qr` writes a poster whose code a decoder reads, and says what is wrong otherwise."""

from io import BytesIO
from pathlib import Path

import zxingcpp
from PIL import Image

from tests.cli.conftest import Tropa, assert_refused


def test_poster_of_a_touchpoint_has_the_same_code_each_time(cli: Tropa, home: Path) -> None:
    for args in (("init",), ("migrate",)):
        assert cli(*args).exit_code == 0
    early = cli("qr", "checkout", "--out", "poster.png", "--bot", "shop_bot")
    assert_refused(early, "there is no journey yet: apply a journey file first")
    assert cli("journey", "apply", "journeys/first.toml", "--yes").exit_code == 0
    said = cli("qr", "checkout", "--out", "poster.png", "--bot", "@shop_bot", "--language", "pl", "--language", "ru")
    assert said.exit_code == 0, said.stderr
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO((home / "poster.png").read_bytes())))
    assert found.text.startswith("https://t.me/shop_bot?start=p-")
    assert found.text in said.stdout
    assert "Checkout" in said.stdout
    again = cli("qr", "checkout", "--out", "poster.pdf", "--bot", "shop_bot", "--journey", "first")
    assert found.text in again.stdout
    assert (home / "poster.pdf").read_bytes().startswith(b"%PDF")
    assert found.text not in cli("qr", "delivery", "--out", "other.svg", "--bot", "shop_bot").stdout
    _check_refusals(cli)


def _check_refusals(cli: Tropa) -> None:
    refusals = {
        ("checkout", "--out", "poster.doc"): "poster.doc: the file must end in .pdf, .png, .svg",
        ("checkout", "--out", "none/poster.pdf"): "none/poster.pdf: there is no folder none",
        ("till", "--out", "a.pdf", "--bot", "b"): (
            'there is no touchpoint "till"; there are: site, checkout, delivery, help'
        ),
        ("checkout", "--out", "a.pdf", "--bot", "b", "--journey", "shop"): (
            'there is no journey "shop"; the journeys are: first'
        ),
        ("checkout", "--out", "a.pdf"): "[telegram] token is not set; set it, or name the bot: --bot NAME",
    }
    for args, sentence in refusals.items():
        assert_refused(cli("qr", *args), sentence)

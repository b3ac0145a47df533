"""Addresses are a messenger and an id, and are read from settings as people write them."""

import pytest

from cjm.address import Address


@pytest.mark.parametrize("text", ["telegram:123", "telegram:-1001234567890", "max:abc_1"])
def test_an_address_is_written_as_it_was_read(text: str) -> None:
    assert str(Address.parse(f" {text} ")) == text


@pytest.mark.parametrize("text", ["", "123", "telegram:", "telegram:1 2", "Telegram:1", "telegram:١٢"])
def test_other_texts_are_refused_as_addresses(text: str) -> None:
    with pytest.raises(ValueError, match="such as"):
        Address.parse(text)

"""docs/settings.md has every setting, with the words of config.example.toml."""

from pydantic import BaseModel

from bot.config.settings import SECTIONS, TeamSettings
from tests.config.settings_page import heading_of, make_tables, read_keys, read_tables
from tests.house import documents


def test_page_has_the_keys_and_words_of_the_example() -> None:
    """``uv run python -m tests.config.settings_page`` writes them again."""
    assert read_tables() == make_tables()


def test_every_setting_stands_in_the_page_with_words() -> None:
    keys = list(read_keys(documents.read_document("config.example.toml")))
    models: dict[str, type[BaseModel]] = {**SECTIONS, "teams": TeamSettings}
    assert {(each.section, each.key) for each in keys} == {
        (section, key) for section, model in models.items() for key in model.model_fields
    }
    assert [each.key for each in keys if not each.text] == []
    for section in models:
        rows = documents.rows_below(f"## {heading_of(section)}", f"\n{read_tables()}")
        assert [documents.in_backticks(row[0])[0] for row in rows] == [k.key for k in keys if k.section == section]

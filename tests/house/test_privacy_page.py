"""docs/privacy.md names every table of the database, and a test for each promise."""

import re

from bot.config.settings import PrivacySettings
from bot.db.tables import metadata
from tests.house import documents
from tests.house.documents import in_backticks, items_below, rows_below
from tests.house.test_running_page import unknown_tests

PAGE = documents.read_document("docs/privacy.md")


def test_every_table_is_on_the_page_once_and_no_other() -> None:
    sections = ("### About customers", "### About messages", "### About the team and managers")
    named = [name for heading in sections for table, *_ in rows_below(heading, PAGE) for name in in_backticks(table)]
    _, _, about_nobody = PAGE.partition("\n### About nobody\n")
    named += in_backticks(about_nobody.partition("\n## ")[0])
    assert sorted(named) == sorted(metadata.tables)


def test_tables_that_refer_to_a_customer_are_among_those_about_customers() -> None:
    named = {name for table, *_ in rows_below("### About customers", PAGE) for name in in_backticks(table)}
    referring = {
        table.name
        for table in metadata.sorted_tables
        if any(key.column.table.name == "customer" for key in table.foreign_keys)
    }
    assert referring - named == set()


def test_every_promise_names_tests_that_are_there() -> None:
    promises = items_below("## Promises", PAGE)
    assert len(promises) > 20
    assert len(promises) == PAGE.partition("\n## Promises\n")[2].count("\n- "), "one list, so that none is passed over"
    for promise, proofs in promises:
        assert "**" in promise, promise
        assert proofs, f"no test for: {promise}"
        assert unknown_tests([name for proof in proofs for name in in_backticks(proof)]) == [], promise


def test_times_are_those_of_the_settings() -> None:
    settings = PrivacySettings()
    assert f"`[privacy] retention_days`, {settings.retention_days} unless" in PAGE
    assert f"`[privacy] audit_days`, {settings.audit_days} unless" in re.sub(r"\s+", " ", PAGE)

"""Runs of every command with every flag, in order, in one folder: what the documents name is among them.

Each is a command line and a pattern that its output holds. The other flags of `tropa import` are run with the examples
of docs/importing.md, by `tests.cli.test_importing_page`; `tropa run` and `tropa demo` by stories.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cjm import templates

TODAY = f"{datetime.now(UTC):%F}"
DAY = f"{datetime.now(UTC) - timedelta(days=3):%F}"
FILES = {
    "renamed.toml": templates.text("first").replace("An order", "Renamed", 1),
    "answers.csv": "Nr,Who,When,Score\n" + "".join(f"{n},{n},{DAY},{n % 5 + 1}\n" for n in range(1, 7)),
    "log.csv": "Who,When,Event\n"
    + "".join(f"{n},{DAY} 10:0{m},{e}\n" for n in (1, 2) for m, e in enumerate(("Seen", "Paid"))),
    "typeform.csv": (
        "#,delivery_csat,Response Type,Start Date (UTC),Submit Date (UTC)\n"
        + "".join(f"r{n},{n},completed,{DAY} 10:00:00,{DAY} 10:01:00\n" for n in range(1, 6))
    ),
    "mapping.toml": 'name = "desk"\nrow = "Nr"\ncustomer = "Who"\nat = "When"\nquestions.delivery_csat = "Score"\n',
}
RUNS = (
    ("", "Usage: tropa"),
    ("--help", "Commands:"),
    ("--version", r"^tropa \d"),
    ("init", "Both work as they are"),
    ("init --list", "shop"),
    ("init pl --language pl", "cd pl"),
    ("init shop --template shop --language ru", "cd shop"),
    ("init drafted --from log.csv --language ru", "drafted/journeys/log.toml and drafted/log.mapping.toml"),
    ("check", "first.toml: fine"),
    ("check --stdout", "first.toml: fine"),
    ("check --lint", "stages.order: no csat question is about it"),
    ("--config shop/config.toml check", "shop.toml: fine"),
    ("migrate", "schema is up to date"),
    ("migrate --new", "schema is up to date"),
    ("journey", "Usage: tropa journey"),
    ("journey apply shop/journeys/shop.toml --yes", "version 1 is in force"),
    ("journey apply journeys/first.toml", "Apply this to first.*version 1 is in force"),
    ("journey list", "^first\t.*^shop\t"),
    ("journey show first", 'key = "first"'),
    ("journey show first --version 1", 'key = "first"'),
    ("journey draft renamed.toml", "first: kept as a draft"),
    ("journey show first --draft", "Renamed"),
    ("journey list --drafts", "^first\t"),
    ("journey discard first --yes", "the draft is discarded"),
    ("journey draft renamed.toml --yes", "first: kept as a draft"),
    ("journey apply --draft first --yes", "version 2 is in force"),
    ("journey history first --page 1", "^version 2 .*^version 1 "),
    ("journey rollback first --to 1 --yes", "version 3 is in force, the same as version 1"),
    ("journey archive shop --yes", "shop: archived"),
    ("journey unarchive shop", "shop: asks and takes events again"),
    ("import answers.csv --journey first --mapping mapping.toml", "new +6"),
    ("import --list --journey first", "desk"),
    ("import --undo desk --journey first", "6 rows"),
    ("import answers.csv --journey first --mapping mapping.toml --yes", "new +6"),
    ("import answers.csv --guess --language pl", "answers.journey.toml and answers.mapping.toml"),
    ("import answers.csv --guess --journey first", "delivery_csat"),
    ("import typeform.csv --journey first --tool typeform", "new +5"),
    ("import --undo typeform --journey first", "5 rows"),
    ("import --guide", "every key of a mapping|Every example on it"),
    ("map first --describe --days 7", "6 people"),
    ("map first --describe --language pl --channel courier", "6 os"),
    (f"map first --out map.json --from {DAY} --to {TODAY}", ""),
    ("map shop --out - --segment new", '"journey": "shop"'),
    ("map first --out map.png --layout phone --page 1", ""),
    ("map first --out map.svg --kind future --lanes full --theme dark", ""),
    ("map first --describe --compare before", "6 people"),
    ("digest first --out digest.png --language ru", ""),
    ("qr checkout --out poster.pdf --journey first --language en --bot shop_bot", "start=p-"),
    ("export first --out rows.ndjson", "6 answers"),
    ("export first --out visits.csv --what visits", "visits"),
    ("export first --out changes.csv --what changes", "0 changes"),
    ("export first --out rows.xlsx", "6 answers"),
    ("export first --out asked.csv --what invitations", "0 invitations"),
    ("import rows.ndjson --journey first --name again --dry-run", "known already +6"),
    ("why 1", "the customer has no chat"),
    ("person 1 --out person.json", "everything that is stored"),
    ("tally --check --journey first", "first: no counters wrong"),
    ("tally --rebuild", "first: no counters corrected"),
    (f"audit --since {DAY} --action export-person --customer 1 --limit 5", "1"),
    ('audit --actor "command line" --journey first --json', '^{"id": '),
    ("inbox", "Usage: tropa inbox"),
    ("inbox list", "no update is set aside"),
    ("inbox retry", "no update is set aside"),
    ("backup copy.db", "MB"),
    ("restore copy.db", "restored from copy.db"),
    ("doctor", "ok  database"),
    ("doctor --json", '"check": "database"'),
)
STORIES = {
    "run": "tests/stories/test_running.py",
    "demo": "tests/cli/test_program.py",  # what its options lead to is in tests/stories/test_demo_folder.py
}
"""By command: the file of the tests that run it as a process, with each of its flags."""


def write_files(folder: Path) -> None:
    """Write the table and the mapping that the runs import."""
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")

"""An import does what its trial said, loses no row without a word, and repeated it changes nothing: at random."""

from pathlib import Path
from random import Random

import pytest

from bot.db.engine.database import Database
from tests.depth import choose_depth
from tests.usecases.tables.cafe import Cafe
from tests.usecases.tables.import_lives import ImportLife


@pytest.mark.parametrize("seed", range(choose_depth(2, 200)))
async def test_imports_keep_their_promises(db: Database, tmp_path: Path, seed: int) -> None:
    await ImportLife(await Cafe(db, tmp_path).open(), Random(seed)).live(steps=5)


async def test_both_engines_keep_the_promises_of_imports(any_db: Database, tmp_path: Path) -> None:
    await ImportLife(await Cafe(any_db, tmp_path).open(), Random(2)).live(steps=4)

"""The end of `tropa run` has a limit, whatever its threads do."""

import subprocess
import sys

HANGING = """
import time
from bot.cli import run
from bot.cli.runtime.logs import log_to_stderr

log_to_stderr()
run.STOP_SECONDS = 0.01
run._limit_end()
time.sleep(600)
"""


def test_end_that_takes_too_long_is_cut_off_with_a_line_in_the_log() -> None:
    done = subprocess.run([sys.executable, "-c", HANGING], capture_output=True, text=True, timeout=250, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    assert "the end took too long and was cut off" in done.stderr

"""The command `tropa` in a folder of its own, as in tests of the command line."""

from tests.cli.conftest import cli, home

__all__ = ["cli", "home"]

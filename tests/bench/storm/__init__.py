"""Storm of taps: a sandbox, Tropa and a bare aiogram bot, each in a process of its own; see `measure`."""

"""Rate of events over HTTP: Tropa in a process of its own, beside bare aiohttp and bare inserts; see `measure`."""

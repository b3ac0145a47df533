"""Everything that carries: database, messengers, HTTP, clock. Decisions are made in `cjm`."""

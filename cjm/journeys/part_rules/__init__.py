"""Rules about single parts of a journey file, each in a module of its own; `cjm.journeys.rules` gathers them."""

"""Stories: the whole product against the sandbox, as customers, managers and teams use it."""

"""Use cases of questions without a visit: the pulse, and /ask, by which a manager asks customers by hand."""

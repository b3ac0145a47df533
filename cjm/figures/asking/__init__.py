"""The asking as a touchpoint: what became of the questions, at which hours people answer, and who was not heard."""

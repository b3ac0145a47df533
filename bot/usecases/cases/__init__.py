"""Open, take, answer, place and close cases. `case_*` modules are shared helpers; the others are use cases."""

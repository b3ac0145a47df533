"""Import Tropa's own exports: each row counts under the day, channel and cohort under which it counted."""

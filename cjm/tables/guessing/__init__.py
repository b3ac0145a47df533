"""Guess what the columns of a table mean, from its first rows, and draft a mapping and a journey from them.

Pure functions: a sample of rows goes in, and texts of files with findings come out. `cjm.tables.files.raw_sample`
reads the sample. The way of a guess: `table_layout` finds the header, `column_roles` the columns that every table has,
`answer_guess` and `option_columns` the questions, `event_guess` the events of a log; `match_questions` compares with a
journey; `mapping_draft` and `journey_draft` write the files.

Invariants:

* No table makes a guess fail: what is not understood is left out and named.
* A drafted mapping and a drafted journey can be read (`read_mapping`, `read_journey`).
* What is left out is said with its reason, and what may be wrong is marked as unsure.
* Findings name columns by their headers and never repeat what a cell holds.
"""

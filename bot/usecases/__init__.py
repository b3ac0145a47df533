"""Use cases: what people and businesses may do with Tropa, as verbs over plain values.

* A module named by a verb holds a use case: a class that is called, and further methods for the steps that belong to
  it (close a case, reopen it). A call changes what it changes in one write transaction; ticks, imports and exports
  take one transaction for each batch.
* A module named by a noun (`asking.turn`, `cases.case_opening`) holds what several use cases share. Its functions run
  in the caller's transaction.
* Nothing is sent inside a transaction and nothing in it is slow. What is to be sent unprompted is posted as a letter.
* Nothing here knows a messenger. `bot.screens` says the results in words, and `bot.telegram` shows them.
"""

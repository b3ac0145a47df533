"""The only SQL of Tropa: rows in, values out.

A module is a noun: its functions take a transaction and values, and return values.

Rooms import downwards only::

    upkeep ──► figures ──► cases ──► asking ──► delivery | journeys ──► people ──► counters ──► engine

* A room that has tables defines them in its ``tables.py``; `bot.db.tables` has them all.
* No row leaves this package: rows become values by column name (`bot.db.engine.rows`).
* One verb for one thing: ``find_`` one or None, ``list_`` many, ``count_``, ``insert_``, ``update_``, ``delete_``;
  ``save`` stores the next state of a value, ``ensure_`` finds or inserts. Where the business has a word for it, that
  word is the verb: a letter is posted, a link redeemed, a visit withdrawn.
"""

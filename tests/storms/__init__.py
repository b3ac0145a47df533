"""Storms: trouble at the messenger, in chats and of the clock, played against the whole product on both databases.

`table` names the faults of the messenger and what the product must say of each; `company` is one that lives through
them; `promises` are what must hold after every one of them. `python -m tests.storms` mixes them at random for minutes.
"""

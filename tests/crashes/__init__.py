"""Crashes: the real process is killed at named points and at random, restarted, and everything is accounted for.

* ``points``, ``traps``: where a process is killed; ``traps`` runs in it, and changes nothing else of the product.
* ``observed_sandbox``: which letter each call carries, and kills while a call is on its way.
* ``load``: people, a team and a business that go on whatever happens, and write down what they did (``ledger``).
* ``stored``, ``checks``: what the database says in the end, compared with the ledger and the sandbox.
* ``run``: the whole, run by ``python -m tests.crashes``.
"""

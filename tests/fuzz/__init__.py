"""Fuzz tests: every door gets what nobody should send, and must refuse it in its own words, quickly, without a trace.

``uv run python -m tests.fuzz [DOOR …] --minutes 60`` tries for as long as wanted; ``test_fuzz`` does it for seconds.
"""

"""Decide: plain values and pure functions, without messenger, SQL, clock, network or asyncio."""

"""Record visits, decide whom to ask, and take answers. `turn` and `asking_decisions` are shared helpers."""

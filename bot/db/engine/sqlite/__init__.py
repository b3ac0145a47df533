"""SQLite: its files and their locks, the thread that writes, and the threads that read."""

"""Memory of a running Tropa over simulated days, in a process apart from the sandbox, which remembers everything."""

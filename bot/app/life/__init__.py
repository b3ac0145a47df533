"""Life of the process: starting, leading or waiting, restarting what failed, and stopping."""

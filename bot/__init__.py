"""What carries: the database, messengers, the web, the clock. What is decided stands in `cjm`."""

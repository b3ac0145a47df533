"""What decides: plain values and functions, without messenger, SQL, clock or network."""

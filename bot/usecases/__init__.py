"""One verb a file: plain values in and out, one transaction, nothing slow in it."""

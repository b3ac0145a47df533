"""Make, draw and view maps; make and send digests."""

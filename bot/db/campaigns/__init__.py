"""Rows of questions without a visit: campaigns, whom they can be about, and what became of them."""

"""Rows of sealed conversations: what stays of them, under which cell, and which messages still show them."""

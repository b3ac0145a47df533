"""Compare, apply and change journey files."""

"""The team in its group, and managers who look after cases in private."""

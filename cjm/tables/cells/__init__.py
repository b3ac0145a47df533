"""Cells of a table and what they mean: labels of the journey's parts, cells without a value, values on other scales."""

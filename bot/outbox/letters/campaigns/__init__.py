"""Surveys that are asked by hand, as managers see them: the preview of a question, and the report."""

"""Rows about journeys and what happened along them: versions, cohorts, visits, stage entries."""

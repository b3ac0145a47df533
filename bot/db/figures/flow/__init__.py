"""Reads of the flow of stages: counters of walks by hour, day and week."""

"""Tests of the words of figures."""

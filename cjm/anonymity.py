"""Least numbers of an anonymous journey, where one person may stand behind several of the answers that are counted."""

ANONYMOUS_MINIMUM = 10
"""Response-days from which on a figure is shown, where the settings ask for no more."""

ANONYMOUS_JUDGE_FROM = 20
"""Response-days from which on a figure is judged, where the journey asks for no more."""

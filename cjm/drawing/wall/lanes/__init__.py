"""Lanes of the wall: a module for each, in rooms by what they are about, and the table that lists them."""

from cjm.drawing.wall.lanes.table import LANES, Lane, choose_lanes

__all__ = ["LANES", "Lane", "choose_lanes"]

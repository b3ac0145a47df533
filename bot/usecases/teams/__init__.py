"""Managers and teams: invite, bind, recognize."""

"""Pace of many invitations: Tropa here, and a sandbox with the limits of Telegram; see `measure`."""

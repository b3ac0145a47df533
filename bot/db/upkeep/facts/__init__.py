"""Facts that are counted late or for somebody else: of earlier versions of Tropa, of own exports, of walk-ins."""

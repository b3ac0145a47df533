"""`tropa journey`: files, versions, drafts and the archive of journeys."""

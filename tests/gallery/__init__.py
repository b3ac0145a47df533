"""Pictures for people to look at: those of the README, and a page of all kinds, layouts, languages and themes."""

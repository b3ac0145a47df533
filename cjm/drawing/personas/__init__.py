"""Pictures of personas: a card a persona, and the curves of up to four in one picture."""

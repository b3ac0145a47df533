"""Record and list who looked at customers' words, and who changed what."""

"""Parts of letters and messages about a volunteer diary: its promise, how it stands, and the thank-you."""

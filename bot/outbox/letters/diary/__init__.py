"""What a volunteer reads about their diary: the invitation to keep it, its messages, and the thank-you."""

"""Reading of request bodies within limits."""

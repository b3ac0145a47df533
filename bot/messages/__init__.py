"""Messages, buttons and callback data as plain values, for any messenger."""

"""Cases of customers: their states, steps and places on the journey."""

"""Sources of events, one module per format, and the seam that they share."""

"""What some lanes of a map need beside its scores: channels of the stages, and who used what is to be removed."""

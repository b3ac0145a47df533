"""Facts beside the scores of a map: channels of the stages, and visitors of touchpoints that are to be removed."""

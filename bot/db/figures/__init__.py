"""The read side: counters added up for maps, customers' words, exports, digests."""

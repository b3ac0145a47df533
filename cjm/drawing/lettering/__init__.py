"""Letters of the world: the typefaces that have them, their order on a line, where a word may break."""

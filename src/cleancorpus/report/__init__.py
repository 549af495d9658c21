"""What was done to a corpus, for people and for machines: counts, differences, a page, a terminal."""

"""Personal data in customers' own words, and the mark that takes its place where others read them."""

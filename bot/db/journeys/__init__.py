"""Applied journey files, visits and the passages made of them."""

"""Picture of a day in the life: parts of the day along a quiet arc of the sun, on phones, walls and slides."""

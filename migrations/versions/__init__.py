"""Steps of the schema, one file each, in the order of their revisions."""

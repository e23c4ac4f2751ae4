"""What the Python targets share, so that they agree without knowing each other: names, layout of code, annotations."""

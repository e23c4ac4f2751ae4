"""Code: bare Git repositories with branches main, staging and dev, and commits made without a work tree."""

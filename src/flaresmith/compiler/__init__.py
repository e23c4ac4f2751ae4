"""Spec text to model to files. Pure: no database, no network, no web, no clock."""

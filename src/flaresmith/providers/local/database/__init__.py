"""Databases: one per environment, each with a role and password of its own, branched by template copy."""

"""Public pages and what every page shares: the choice of theme."""

"""What everyone stands on. Knows no feature by name."""

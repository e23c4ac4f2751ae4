"""TypeScript that several targets write: its text, its names, its types."""

"""Runtime: deployed commits as supervised processes, each service on a port that never refuses a connection."""

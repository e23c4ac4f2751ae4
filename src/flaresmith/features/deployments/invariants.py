"""Truths about deployments, as SQL that returns no rows."""

INVARIANTS = {
    "a succeeded deployment names a commit": """
        SELECT id FROM deployments WHERE status = 'succeeded' AND commit_sha !~ '^[0-9a-f]{40}$'""",
}

"""Truths about projects, as SQL that returns no rows."""

INVARIANTS = {
    "every project has an owner": """
        SELECT p.id FROM projects p WHERE p.archived_at IS NULL AND p.owner_id IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM project_members m WHERE m.project_id = p.id AND m.role = 'owner')""",
    "a finished run has a closed stream": """
        SELECT r.id FROM project_runs r JOIN streams s ON s.id = r.id
        WHERE (r.finished_at IS NULL) <> (s.closed_at IS NULL)""",
    "a stream has no gaps": """
        SELECT s.id FROM streams s WHERE s.last_seq <>
            (SELECT count(*) FROM stream_events e WHERE e.stream_id = s.id)""",
    "nothing is in flight without a run": """
        SELECT r.id FROM resources r WHERE r.status = 'intended' AND NOT EXISTS
            (SELECT 1 FROM project_runs a WHERE a.project_id = r.project_id AND a.status IN ('queued', 'running'))""",
    "no two live resources share a provider's name": """
        SELECT provider, kind, name FROM resources WHERE status = 'ready'
        GROUP BY provider, kind, name HAVING count(*) > 1""",
}

"""Truths about accounts, as SQL that returns no rows."""

INVARIANTS = {
    "an organization with members has an owner": """
        SELECT m.org_id FROM organization_members m GROUP BY m.org_id
        HAVING count(*) FILTER (WHERE m.role = 'owner') = 0""",
    "every account belongs to an organization": """
        SELECT u.id FROM users u WHERE NOT EXISTS
            (SELECT 1 FROM organization_members m WHERE m.user_id = u.id)""",
    "a session is of its person's realm": """
        SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.realm <> u.role AND s.revoked_at IS NULL""",
    "no access token outlives its session": """
        SELECT s.id FROM sessions s WHERE s.access_expires_at > s.ends_at OR s.refresh_expires_at > s.ends_at""",
}

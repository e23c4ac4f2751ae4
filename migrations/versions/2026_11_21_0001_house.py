"""The house: accounts, projects, specs, deployments, events, streams, audit; roles and row policies.

Revision 20261121_0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261121_0001"
down_revision = None
branch_labels = None
depends_on = None

FUNCTIONS = (
    """
    CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE
    AS $$ SELECT nullif(current_setting('flaresmith.user_id', true), '')::uuid $$
    """,
    """
    CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT coalesce(current_setting('flaresmith.role', true), '') $$
    """,
    """
    CREATE FUNCTION auth.my_organizations() RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$ BEGIN RETURN QUERY SELECT m.org_id FROM organization_members m WHERE m.user_id = auth.uid(); END $$
    """,
    """
    CREATE FUNCTION auth.my_projects() RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$ BEGIN RETURN QUERY SELECT m.project_id FROM project_members m WHERE m.user_id = auth.uid(); END $$
    """,
    """
    CREATE FUNCTION auth.has_members(org uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$ BEGIN RETURN EXISTS (SELECT FROM organization_members m WHERE m.org_id = org); END $$
    """,
    """
    CREATE FUNCTION auth.emit(
        event_id uuid, name text, payload jsonb, org_id uuid, actor_id uuid, request_id text
    ) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    BEGIN
        INSERT INTO events (id, name, payload, org_id, actor_id, request_id)
        VALUES (event_id, name, payload, org_id, actor_id, request_id) ON CONFLICT (id) DO NOTHING;
        IF FOUND THEN
            PERFORM dbos.enqueue_workflow('kit.dispatch', 'flaresmith-events',
                ARRAY[to_json(event_id::text)], workflow_id => 'event:' || event_id, application_name => 'flaresmith');
        END IF;
    END $$
    """,
    """
    CREATE FUNCTION auth.handle_taken(wanted text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$ BEGIN RETURN EXISTS (SELECT 1 FROM projects p WHERE p.handle = wanted AND p.archived_at IS NULL); END $$
    """,
    "CREATE TABLE auth.schema_stamp (stamp text NOT NULL)",
    "INSERT INTO auth.schema_stamp VALUES ('')",
    "GRANT USAGE ON SCHEMA auth, public TO flaresmith_app, flaresmith_system",
    "GRANT CREATE ON SCHEMA auth TO flaresmith_system",
    "ALTER FUNCTION auth.my_organizations() OWNER TO flaresmith_system",
    "ALTER FUNCTION auth.has_members(uuid) OWNER TO flaresmith_system",
    "ALTER FUNCTION auth.my_projects() OWNER TO flaresmith_system",
    "ALTER FUNCTION auth.handle_taken(text) OWNER TO flaresmith_system",
    "ALTER FUNCTION auth.emit(uuid, text, jsonb, uuid, uuid, text) OWNER TO flaresmith_system",
    "REVOKE CREATE ON SCHEMA auth FROM flaresmith_system",
    "GRANT SELECT ON auth.schema_stamp TO flaresmith_app, flaresmith_system",
)

POLICIES = (
    "ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE audit_log FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT ON audit_log TO flaresmith_system",
    "CREATE POLICY audit_log_system ON audit_log TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON audit_log TO flaresmith_app",
    "CREATE POLICY audit_log_select ON audit_log FOR SELECT TO flaresmith_app USING (project_id IN (SELECT auth.my_projects()) OR (project_id IS NULL AND org_id IN (SELECT auth.my_organizations())))",
    "GRANT INSERT ON audit_log TO flaresmith_app",
    "CREATE POLICY audit_log_insert ON audit_log FOR INSERT TO flaresmith_app WITH CHECK (actor_id IS NOT DISTINCT FROM auth.uid() AND (org_id IS NULL OR org_id = nullif(current_setting('flaresmith.org_id', true), '')::uuid OR org_id IN (SELECT auth.my_organizations()) OR (org_id, project_id) IN (SELECT p.org_id, p.id FROM projects p)))",
    "ALTER TABLE deployments ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE deployments FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON deployments TO flaresmith_system",
    "CREATE POLICY deployments_system ON deployments TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON deployments TO flaresmith_app",
    "CREATE POLICY deployments_select ON deployments FOR SELECT TO flaresmith_app USING (project_id IN (SELECT auth.my_projects()))",
    "ALTER TABLE environment_transitions ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE environment_transitions FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT ON environment_transitions TO flaresmith_system",
    "CREATE POLICY environment_transitions_system ON environment_transitions TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON environment_transitions TO flaresmith_app",
    "CREATE POLICY environment_transitions_select ON environment_transitions FOR SELECT TO flaresmith_app USING (project_id IN (SELECT auth.my_projects()))",
    "GRANT INSERT ON environment_transitions TO flaresmith_app",
    "CREATE POLICY environment_transitions_insert ON environment_transitions FOR INSERT TO flaresmith_app WITH CHECK (project_id IN (SELECT auth.my_projects()))",
    "ALTER TABLE environments ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE environments FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON environments TO flaresmith_system",
    "CREATE POLICY environments_system ON environments TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON environments TO flaresmith_app",
    "CREATE POLICY environments_select ON environments FOR SELECT TO flaresmith_app USING (project_id IN (SELECT auth.my_projects()))",
    "GRANT INSERT ON environments TO flaresmith_app",
    "CREATE POLICY environments_insert ON environments FOR INSERT TO flaresmith_app WITH CHECK (project_id IN (SELECT auth.my_projects()))",
    "GRANT UPDATE ON environments TO flaresmith_app",
    "CREATE POLICY environments_update ON environments FOR UPDATE TO flaresmith_app USING (project_id IN (SELECT auth.my_projects())) WITH CHECK (project_id IN (SELECT auth.my_projects()))",
    "ALTER TABLE events ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE events FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT ON events TO flaresmith_system",
    "CREATE POLICY events_system ON events TO flaresmith_system USING (true) WITH CHECK (true)",
    "ALTER TABLE organization_members ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE organization_members FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON organization_members TO flaresmith_system",
    "CREATE POLICY organization_members_system ON organization_members TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON organization_members TO flaresmith_app",
    "CREATE POLICY organization_members_select ON organization_members FOR SELECT TO flaresmith_app USING (user_id = auth.uid() OR org_id IN (SELECT auth.my_organizations()))",
    "GRANT INSERT ON organization_members TO flaresmith_app",
    "CREATE POLICY organization_members_insert ON organization_members FOR INSERT TO flaresmith_app WITH CHECK (user_id = auth.uid() AND role = 'owner' AND NOT auth.has_members(org_id) AND org_id IN (SELECT o.id FROM organizations o WHERE o.created_by = auth.uid()))",
    "ALTER TABLE organizations ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE organizations FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON organizations TO flaresmith_system",
    "CREATE POLICY organizations_system ON organizations TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON organizations TO flaresmith_app",
    "CREATE POLICY organizations_select ON organizations FOR SELECT TO flaresmith_app USING (id IN (SELECT auth.my_organizations()) OR (created_by = auth.uid() AND NOT auth.has_members(id)))",
    "GRANT INSERT ON organizations TO flaresmith_app",
    "CREATE POLICY organizations_insert ON organizations FOR INSERT TO flaresmith_app WITH CHECK (created_by = auth.uid())",
    "ALTER TABLE passwords ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE passwords FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON passwords TO flaresmith_system",
    "CREATE POLICY passwords_system ON passwords TO flaresmith_system USING (true) WITH CHECK (true)",
    "ALTER TABLE project_members ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE project_members FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON project_members TO flaresmith_system",
    "CREATE POLICY project_members_system ON project_members TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON project_members TO flaresmith_app",
    "CREATE POLICY project_members_select ON project_members FOR SELECT TO flaresmith_app USING (project_id IN (SELECT auth.my_projects()) OR user_id = auth.uid())",
    "GRANT INSERT ON project_members TO flaresmith_app",
    "CREATE POLICY project_members_insert ON project_members FOR INSERT TO flaresmith_app WITH CHECK (project_id IN (SELECT auth.my_projects()) OR EXISTS (SELECT 1 FROM projects p WHERE p.id = project_id AND p.owner_id = auth.uid()))",
    "GRANT UPDATE ON project_members TO flaresmith_app",
    "CREATE POLICY project_members_update ON project_members FOR UPDATE TO flaresmith_app USING (project_id IN (SELECT auth.my_projects())) WITH CHECK (project_id IN (SELECT auth.my_projects()))",
    "GRANT DELETE ON project_members TO flaresmith_app",
    "CREATE POLICY project_members_delete ON project_members FOR DELETE TO flaresmith_app USING (project_id IN (SELECT auth.my_projects()))",
    "ALTER TABLE project_runs ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE project_runs FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON project_runs TO flaresmith_system",
    "CREATE POLICY project_runs_system ON project_runs TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON project_runs TO flaresmith_app",
    "CREATE POLICY project_runs_select ON project_runs FOR SELECT TO flaresmith_app USING (project_id IN (SELECT auth.my_projects()))",
    "GRANT INSERT ON project_runs TO flaresmith_app",
    "CREATE POLICY project_runs_insert ON project_runs FOR INSERT TO flaresmith_app WITH CHECK (project_id IN (SELECT auth.my_projects()))",
    "GRANT UPDATE ON project_runs TO flaresmith_app",
    "CREATE POLICY project_runs_update ON project_runs FOR UPDATE TO flaresmith_app USING (project_id IN (SELECT auth.my_projects())) WITH CHECK (project_id IN (SELECT auth.my_projects()))",
    "ALTER TABLE projects ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE projects FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON projects TO flaresmith_system",
    "CREATE POLICY projects_system ON projects TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON projects TO flaresmith_app",
    "CREATE POLICY projects_select ON projects FOR SELECT TO flaresmith_app USING (id IN (SELECT auth.my_projects()) OR owner_id = auth.uid())",
    "GRANT INSERT ON projects TO flaresmith_app",
    "CREATE POLICY projects_insert ON projects FOR INSERT TO flaresmith_app WITH CHECK (owner_id = auth.uid() AND org_id IN (SELECT auth.my_organizations()))",
    "GRANT UPDATE ON projects TO flaresmith_app",
    "CREATE POLICY projects_update ON projects FOR UPDATE TO flaresmith_app USING (id IN (SELECT auth.my_projects())) WITH CHECK (id IN (SELECT auth.my_projects()))",
    "ALTER TABLE resources ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE resources FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON resources TO flaresmith_system",
    "CREATE POLICY resources_system ON resources TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON resources TO flaresmith_app",
    "CREATE POLICY resources_select ON resources FOR SELECT TO flaresmith_app USING (project_id IN (SELECT auth.my_projects()))",
    "ALTER TABLE revisions ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE revisions FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON revisions TO flaresmith_system",
    "CREATE POLICY revisions_system ON revisions TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON revisions TO flaresmith_app",
    "CREATE POLICY revisions_select ON revisions FOR SELECT TO flaresmith_app USING (project_id IN (SELECT auth.my_projects()))",
    "GRANT INSERT ON revisions TO flaresmith_app",
    "CREATE POLICY revisions_insert ON revisions FOR INSERT TO flaresmith_app WITH CHECK (project_id IN (SELECT auth.my_projects()))",
    "ALTER TABLE sessions ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE sessions FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO flaresmith_system",
    "CREATE POLICY sessions_system ON sessions TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON sessions TO flaresmith_app",
    "CREATE POLICY sessions_select ON sessions FOR SELECT TO flaresmith_app USING (user_id = auth.uid())",
    "ALTER TABLE sign_in_attempts ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE sign_in_attempts FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_attempts TO flaresmith_system",
    "CREATE POLICY sign_in_attempts_system ON sign_in_attempts TO flaresmith_system USING (true) WITH CHECK (true)",
    "ALTER TABLE sign_in_links ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE sign_in_links FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_links TO flaresmith_system",
    "CREATE POLICY sign_in_links_system ON sign_in_links TO flaresmith_system USING (true) WITH CHECK (true)",
    "ALTER TABLE spec_artifacts ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE spec_artifacts FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON spec_artifacts TO flaresmith_system",
    "CREATE POLICY spec_artifacts_system ON spec_artifacts TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON spec_artifacts TO flaresmith_app",
    "CREATE POLICY spec_artifacts_select ON spec_artifacts FOR SELECT TO flaresmith_app USING (project_id IN (SELECT auth.my_projects()))",
    "GRANT INSERT ON spec_artifacts TO flaresmith_app",
    "CREATE POLICY spec_artifacts_insert ON spec_artifacts FOR INSERT TO flaresmith_app WITH CHECK (project_id IN (SELECT auth.my_projects()))",
    "GRANT UPDATE ON spec_artifacts TO flaresmith_app",
    "CREATE POLICY spec_artifacts_update ON spec_artifacts FOR UPDATE TO flaresmith_app USING (project_id IN (SELECT auth.my_projects())) WITH CHECK (project_id IN (SELECT auth.my_projects()))",
    "GRANT DELETE ON spec_artifacts TO flaresmith_app",
    "CREATE POLICY spec_artifacts_delete ON spec_artifacts FOR DELETE TO flaresmith_app USING (project_id IN (SELECT auth.my_projects()))",
    "ALTER TABLE spec_versions ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE spec_versions FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT ON spec_versions TO flaresmith_system",
    "CREATE POLICY spec_versions_system ON spec_versions TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON spec_versions TO flaresmith_app",
    "CREATE POLICY spec_versions_select ON spec_versions FOR SELECT TO flaresmith_app USING (project_id IN (SELECT auth.my_projects()))",
    "GRANT INSERT ON spec_versions TO flaresmith_app",
    "CREATE POLICY spec_versions_insert ON spec_versions FOR INSERT TO flaresmith_app WITH CHECK (project_id IN (SELECT auth.my_projects()))",
    "ALTER TABLE stream_events ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE stream_events FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON stream_events TO flaresmith_system",
    "CREATE POLICY stream_events_system ON stream_events TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON stream_events TO flaresmith_app",
    "CREATE POLICY stream_events_select ON stream_events FOR SELECT TO flaresmith_app USING (stream_id IN (SELECT id FROM streams))",
    "GRANT INSERT ON stream_events TO flaresmith_app",
    "CREATE POLICY stream_events_insert ON stream_events FOR INSERT TO flaresmith_app WITH CHECK (stream_id IN (SELECT id FROM streams))",
    "ALTER TABLE streams ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE streams FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON streams TO flaresmith_system",
    "CREATE POLICY streams_system ON streams TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON streams TO flaresmith_app",
    "CREATE POLICY streams_select ON streams FOR SELECT TO flaresmith_app USING (project_id IN (SELECT auth.my_projects()))",
    "GRANT INSERT ON streams TO flaresmith_app",
    "CREATE POLICY streams_insert ON streams FOR INSERT TO flaresmith_app WITH CHECK (project_id IN (SELECT auth.my_projects()))",
    "GRANT UPDATE ON streams TO flaresmith_app",
    "CREATE POLICY streams_update ON streams FOR UPDATE TO flaresmith_app USING (project_id IN (SELECT auth.my_projects())) WITH CHECK (project_id IN (SELECT auth.my_projects()))",
    "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE users FORCE ROW LEVEL SECURITY",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON users TO flaresmith_system",
    "CREATE POLICY users_system ON users TO flaresmith_system USING (true) WITH CHECK (true)",
    "GRANT SELECT ON users TO flaresmith_app",
    "CREATE POLICY users_select ON users FOR SELECT TO flaresmith_app USING (id = auth.uid() OR id IN (SELECT m.user_id FROM organization_members m))",
)


def upgrade() -> None:
    op.execute("CREATE SCHEMA IF NOT EXISTS auth")
    op.create_table(
        "audit_log",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("org_id", sa.UUID(), nullable=True),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("actor_type", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("resource_type", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), server_default="", nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index(op.f("ix_audit_log_at"), "audit_log", ["at"], unique=False)
    op.create_index(op.f("ix_audit_log_org_id"), "audit_log", ["org_id"], unique=False)
    op.create_index(op.f("ix_audit_log_project_id"), "audit_log", ["project_id"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("org_id", sa.UUID(), nullable=True),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("request_id", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_org_id"), "events", ["org_id"], unique=False)
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("window_started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index(op.f("ix_sign_in_attempts_last_at"), "sign_in_attempts", ["last_at"], unique=False)
    op.create_table(
        "streams",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_streams")),
    )
    op.create_index(op.f("ix_streams_org_id"), "streams", ["org_id"], unique=False)
    op.create_index(op.f("ix_streams_project_id"), "streams", ["project_id"], unique=False)
    op.create_table(
        "users",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default="user", nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('user', 'admin')", name=op.f("ck_users_role")),
        sa.CheckConstraint("email = lower(email) AND length(email) <= 254", name=op.f("ck_users_email")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "organizations",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_organizations_created_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("slug", name=op.f("uq_organizations_slug")),
    )
    op.create_index(op.f("ix_organizations_created_by"), "organizations", ["created_by"], unique=False)
    op.create_table(
        "passwords",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_passwords_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_passwords")),
    )
    op.create_table(
        "sign_in_links",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_in_links_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_links_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_links_user_id"), "sign_in_links", ["user_id"], unique=False)
    op.create_table(
        "stream_events",
        sa.Column("stream_id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["stream_id"], ["streams.id"], name=op.f("fk_stream_events_stream_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("stream_id", "seq", name=op.f("pk_stream_events")),
    )
    op.create_table(
        "organization_members",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'admin', 'member')", name=op.f("ck_organization_members_role")),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name=op.f("fk_organization_members_org_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_organization_members_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "user_id", name=op.f("pk_organization_members")),
    )
    op.create_index(op.f("ix_organization_members_user_id"), "organization_members", ["user_id"], unique=False)
    op.create_table(
        "projects",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="provisioning", nullable=False),
        sa.Column("providers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("specs_source", sa.Text(), server_default="", nullable=False),
        sa.Column("request_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('provisioning', 'active', 'failed', 'archived')", name=op.f("ck_projects_status")
        ),
        sa.CheckConstraint("length(name) BETWEEN 3 AND 64", name=op.f("ck_projects_name_length")),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_projects_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )
    op.create_index(op.f("ix_projects_org_id"), "projects", ["org_id"], unique=False)
    op.create_index(
        "uq_projects_handle", "projects", ["handle"], unique=True, postgresql_where=sa.text("archived_at IS NULL")
    )
    op.create_index(
        "uq_projects_name", "projects", ["org_id", "name"], unique=True, postgresql_where=sa.text("archived_at IS NULL")
    )
    op.create_index(
        "uq_projects_slug", "projects", ["org_id", "slug"], unique=True, postgresql_where=sa.text("archived_at IS NULL")
    )
    op.create_table(
        "sessions",
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.UUID(), nullable=True),
        sa.Column("family", sa.UUID(), nullable=False),
        sa.Column("realm", sa.Text(), server_default="user", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("access_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("previous_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refresh_hash", sa.LargeBinary(), nullable=True),
        sa.Column("previous_refresh_hash", sa.LargeBinary(), nullable=True),
        sa.Column("refresh_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_agent", sa.Text(), server_default="", nullable=False),
        sa.Column("ip", sa.Text(), server_default="", nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('web', 'api', 'local')", name=op.f("ck_sessions_kind")),
        sa.CheckConstraint("realm IN ('user', 'admin')", name=op.f("ck_sessions_realm")),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_sessions_org_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("refresh_hash", name=op.f("uq_sessions_refresh_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_family"), "sessions", ["family"], unique=False)
    op.create_index(op.f("ix_sessions_previous_token_hash"), "sessions", ["previous_token_hash"], unique=False)
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "project_members",
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'maintainer', 'contributor', 'viewer')", name=op.f("ck_project_members_role")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_members_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_project_members_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("project_id", "user_id", name=op.f("pk_project_members")),
    )
    op.create_index(op.f("ix_project_members_user_id"), "project_members", ["user_id"], unique=False)
    op.create_table(
        "project_runs",
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("started_by", sa.UUID(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('provision', 'apply', 'repair', 'destroy')", name=op.f("ck_project_runs_kind")),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name=op.f("ck_project_runs_status")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_runs_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_runs")),
    )
    op.create_index(op.f("ix_project_runs_project_id"), "project_runs", ["project_id"], unique=False)
    op.create_index(
        "uq_project_runs_one_active",
        "project_runs",
        ["project_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('queued', 'running')"),
    )
    op.create_table(
        "resources",
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("spec_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("request_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("external_id", sa.Text(), server_default="", nullable=False),
        sa.Column("outputs", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("sealed_outputs", sa.LargeBinary(), nullable=True),
        sa.Column("needs", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('intended', 'ready', 'failed', 'missing', 'deleted')", name=op.f("ck_resources_status")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_resources_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resources")),
        sa.UniqueConstraint("project_id", "key", name=op.f("uq_resources_project_id_key")),
    )
    op.create_table(
        "revisions",
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("spec_hash", sa.Text(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("deleted", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("parent_commit", sa.Text(), nullable=True),
        sa.Column("author_id", sa.UUID(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_revisions_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_revisions_project_id_number")),
    )
    op.create_table(
        "spec_versions",
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("constitution_version", sa.Text(), nullable=False),
        sa.Column("spec_hash", sa.Text(), nullable=False),
        sa.Column("documents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("author_id", sa.UUID(), nullable=True),
        sa.Column("run_id", sa.UUID(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_spec_versions_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spec_versions")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_spec_versions_project_id_number")),
    )
    op.create_table(
        "environments",
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="core", nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("revision_id", sa.UUID(), nullable=True),
        sa.Column("checks", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("last_activity_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('core', 'preview')", name=op.f("ck_environments_kind")),
        sa.CheckConstraint(
            "state IN ('pending', 'provisioning', 'active', 'updating', 'validating', 'error', 'failed', 'archived')",
            name=op.f("ck_environments_state"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_environments_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_environments_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_environments")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_environments_project_id_name")),
    )
    op.create_index("ix_environments_project_kind_state", "environments", ["project_id", "kind", "state"], unique=False)
    op.create_table(
        "spec_artifacts",
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("artifact_type", sa.Text(), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("requirements", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version_id", sa.UUID(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_spec_artifacts_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["spec_versions.id"], name=op.f("fk_spec_artifacts_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", "path", name=op.f("pk_spec_artifacts")),
    )
    op.create_table(
        "deployments",
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("environment_id", sa.UUID(), nullable=False),
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("commit_sha", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("preview", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("triggered_by", sa.UUID(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("provider_ids", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'succeeded', 'failed', 'rolledback')", name=op.f("ck_deployments_status")
        ),
        sa.ForeignKeyConstraint(
            ["environment_id"], ["environments.id"], name=op.f("fk_deployments_environment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_deployments_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployments")),
        sa.UniqueConstraint("environment_id", "run_id", name=op.f("uq_deployments_environment_id_run_id")),
    )
    op.create_index("ix_deployments_environment", "deployments", ["environment_id", "created_at"], unique=False)
    op.create_index(op.f("ix_deployments_project_id"), "deployments", ["project_id"], unique=False)
    op.create_table(
        "environment_transitions",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("environment_id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["environment_id"],
            ["environments.id"],
            name=op.f("fk_environment_transitions_environment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_environment_transitions")),
    )
    op.create_index(
        op.f("ix_environment_transitions_environment_id"), "environment_transitions", ["environment_id"], unique=False
    )
    for statement in (*FUNCTIONS, *POLICIES):
        op.execute(statement)


def downgrade() -> None:
    for statement in POLICIES:  # first, because some read other tables
        if statement.startswith("CREATE POLICY"):
            _, _, policy, _, table, *_ = statement.split()
            op.execute(f"DROP POLICY {policy} ON {table}")
    op.drop_index(op.f("ix_environment_transitions_environment_id"), table_name="environment_transitions")
    op.drop_table("environment_transitions")
    op.drop_index(op.f("ix_deployments_project_id"), table_name="deployments")
    op.drop_index("ix_deployments_environment", table_name="deployments")
    op.drop_table("deployments")
    op.drop_table("spec_artifacts")
    op.drop_index("ix_environments_project_kind_state", table_name="environments")
    op.drop_table("environments")
    op.drop_table("spec_versions")
    op.drop_table("revisions")
    op.drop_table("resources")
    op.drop_index(
        "uq_project_runs_one_active",
        table_name="project_runs",
        postgresql_where=sa.text("status IN ('queued', 'running')"),
    )
    op.drop_index(op.f("ix_project_runs_project_id"), table_name="project_runs")
    op.drop_table("project_runs")
    op.drop_index(op.f("ix_project_members_user_id"), table_name="project_members")
    op.drop_table("project_members")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_index(op.f("ix_sessions_previous_token_hash"), table_name="sessions")
    op.drop_index(op.f("ix_sessions_family"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index("uq_projects_slug", table_name="projects", postgresql_where=sa.text("archived_at IS NULL"))
    op.drop_index("uq_projects_name", table_name="projects", postgresql_where=sa.text("archived_at IS NULL"))
    op.drop_index("uq_projects_handle", table_name="projects", postgresql_where=sa.text("archived_at IS NULL"))
    op.drop_index(op.f("ix_projects_org_id"), table_name="projects")
    op.drop_table("projects")
    op.drop_index(op.f("ix_organization_members_user_id"), table_name="organization_members")
    op.drop_table("organization_members")
    op.drop_table("stream_events")
    op.drop_index(op.f("ix_sign_in_links_user_id"), table_name="sign_in_links")
    op.drop_table("sign_in_links")
    op.drop_table("passwords")
    op.drop_index(op.f("ix_organizations_created_by"), table_name="organizations")
    op.drop_table("organizations")
    op.drop_table("users")
    op.drop_index(op.f("ix_streams_project_id"), table_name="streams")
    op.drop_index(op.f("ix_streams_org_id"), table_name="streams")
    op.drop_table("streams")
    op.drop_index(op.f("ix_sign_in_attempts_last_at"), table_name="sign_in_attempts")
    op.drop_table("sign_in_attempts")
    op.drop_index(op.f("ix_events_org_id"), table_name="events")
    op.drop_table("events")
    op.drop_index(op.f("ix_audit_log_project_id"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_org_id"), table_name="audit_log")
    op.drop_index(op.f("ix_audit_log_at"), table_name="audit_log")
    op.drop_table("audit_log")
    op.execute("DROP SCHEMA auth CASCADE")

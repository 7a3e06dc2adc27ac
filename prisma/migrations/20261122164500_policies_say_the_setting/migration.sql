-- Who waits for a table meanwhile waits less than it takes PostgreSQL to look for a deadlock and end one of them.
SET LOCAL lock_timeout = '200ms';

-- A function in SQL is parsed anew with each statement that is planned, once for each of its tables. So policies say what
-- current_workspace() is themselves.
CREATE OR REPLACE FUNCTION protect_workspace_rows(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY workspace ON %s TO espalier_app
    USING ("workspaceId" = (SELECT nullif(current_setting(''app.workspace'', true), '''')::uuid))
    WITH CHECK ("workspaceId" = (SELECT nullif(current_setting(''app.workspace'', true), '''')::uuid))', target);
  EXECUTE format('CREATE POLICY system ON %s TO espalier_system USING (true) WITH CHECK (true)', target);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO espalier_app, espalier_system', target);
END
$$;

-- Those that stand, of plugins and of partitions too.
DO $$
DECLARE
  target regclass;
BEGIN
  FOR target IN
    SELECT polrelid::regclass FROM pg_policy WHERE polname = 'workspace'
      AND pg_get_expr(polqual, polrelid) = '("workspaceId" = ( SELECT current_workspace() AS current_workspace))'
  LOOP
    EXECUTE format('ALTER POLICY workspace ON %s
      USING ("workspaceId" = (SELECT nullif(current_setting(''app.workspace'', true), '''')::uuid))
      WITH CHECK ("workspaceId" = (SELECT nullif(current_setting(''app.workspace'', true), '''')::uuid))', target);
  END LOOP;
END
$$;

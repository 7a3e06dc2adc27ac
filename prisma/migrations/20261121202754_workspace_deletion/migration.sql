-- AlterTable
ALTER TABLE "Workspace" ADD COLUMN     "deletedAt" TIMESTAMPTZ(3),
ADD COLUMN     "deletingById" UUID,
ADD COLUMN     "deletingShare" DOUBLE PRECISION NOT NULL DEFAULT 0,
ADD COLUMN     "deletingSince" TIMESTAMPTZ(3);

-- The log of events and the audit trail only grow: no role of the server may delete from them. With the workspace that
-- they are about they go too. Their owner is bound by row level security like everybody, so it gets a policy of its own
-- on these two, for one workspace at a time, and may see which workspaces are marked.
CREATE POLICY deletion ON "AuditEntry" TO CURRENT_USER USING ("workspaceId" = (SELECT current_workspace()));
CREATE POLICY deletion ON "TrackingEvent" TO CURRENT_USER USING ("workspaceId" = (SELECT current_workspace()));
CREATE POLICY deletion ON "Workspace" FOR SELECT TO CURRENT_USER USING (true);

-- Deletes up to "most" events and entries of a workspace that is marked as deleted; returns how many it found.
--
-- SECURITY DEFINER for the same reason as make_tracking_partitions, and as narrow: it names both tables itself, and a
-- workspace that nobody has marked is refused. Of the trail, as ever, only whole workspaces go: no role can choose a line.
CREATE FUNCTION delete_kept_rows(workspace uuid, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
  events integer;
  entries integer;
BEGIN
  IF NOT EXISTS (SELECT FROM public."Workspace" WHERE "id" = workspace AND "deletingSince" IS NOT NULL) THEN
    RAISE EXCEPTION 'The workspace % is not marked as deleted: its log and its trail stay.', workspace
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('app.workspace', workspace::text, true);
  DELETE FROM public."TrackingEvent" WHERE "workspaceId" = workspace AND "id" = ANY (ARRAY(
    SELECT "id" FROM public."TrackingEvent" WHERE "workspaceId" = workspace LIMIT most));
  GET DIAGNOSTICS events = ROW_COUNT;
  DELETE FROM public."AuditEntry" WHERE "workspaceId" = workspace AND "id" = ANY (ARRAY(
    SELECT "id" FROM public."AuditEntry" WHERE "workspaceId" = workspace LIMIT most));
  GET DIAGNOSTICS entries = ROW_COUNT;
  RETURN events + entries;
END
$$;
REVOKE EXECUTE ON FUNCTION delete_kept_rows FROM PUBLIC;
GRANT EXECUTE ON FUNCTION delete_kept_rows TO espalier_system;

-- Every event of a session changed it, and with it the other two.
DROP INDEX "TrackingSession_workspaceId_endedAt_idx";

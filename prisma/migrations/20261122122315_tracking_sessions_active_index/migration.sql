CREATE INDEX CONCURRENTLY "TrackingSession_workspaceId_activeIn_idx" ON "TrackingSession"("workspaceId", "activeIn");

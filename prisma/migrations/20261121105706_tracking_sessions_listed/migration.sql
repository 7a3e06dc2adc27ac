-- CreateIndex
CREATE UNIQUE INDEX "TrackingSession_workspaceId_id_key" ON "TrackingSession"("workspaceId", "id");

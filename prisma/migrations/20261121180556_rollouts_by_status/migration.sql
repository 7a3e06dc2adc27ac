-- CreateIndex
CREATE INDEX "PageRollout_workspaceId_status_startedAt_idx" ON "PageRollout"("workspaceId", "status", "startedAt");

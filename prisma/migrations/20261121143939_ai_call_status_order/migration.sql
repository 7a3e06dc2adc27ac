-- DropIndex
DROP INDEX "AiCall_workspaceId_status_idx";

-- CreateIndex
CREATE INDEX "AiCall_workspaceId_status_createdAt_idx" ON "AiCall"("workspaceId", "status", "createdAt");

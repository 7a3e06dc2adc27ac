-- DropIndex
DROP INDEX "FormSubmission_workspaceId_createdAt_idx";

-- CreateIndex
CREATE INDEX "FormSubmission_workspaceId_createdAt_id_idx" ON "FormSubmission"("workspaceId", "createdAt", "id");

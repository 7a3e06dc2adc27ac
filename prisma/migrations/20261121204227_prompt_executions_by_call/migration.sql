-- CreateIndex
CREATE INDEX "PromptExecution_workspaceId_callId_idx" ON "PromptExecution"("workspaceId", "callId");

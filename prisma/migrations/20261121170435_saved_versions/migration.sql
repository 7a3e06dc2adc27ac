-- AlterTable
ALTER TABLE "Experiment" ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "ExperimentMetric" ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "Page" ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "PageVariant" ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "PageLoop" ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "WebhookEndpoint" ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "AlertRule" ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "Prompt" ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- CreateIndex
CREATE INDEX "Experiment_workspaceId_updatedAt_id_idx" ON "Experiment"("workspaceId", "updatedAt", "id");

-- CreateIndex
CREATE INDEX "Experiment_workspaceId_startedAt_id_idx" ON "Experiment"("workspaceId", "startedAt", "id");

-- CreateIndex
CREATE INDEX "Experiment_workspaceId_name_id_idx" ON "Experiment"("workspaceId", "name", "id");

-- CreateIndex
CREATE INDEX "Page_workspaceId_updatedAt_id_idx" ON "Page"("workspaceId", "updatedAt", "id");

-- CreateIndex
CREATE INDEX "Page_workspaceId_title_id_idx" ON "Page"("workspaceId", "title", "id");

-- AlterTable
-- Phases that are there get theirs now.
ALTER TABLE "ExperimentPhase" ADD COLUMN     "id" UUID NOT NULL DEFAULT uuidv7();

-- CreateIndex
CREATE UNIQUE INDEX "ExperimentPhase_workspaceId_id_key" ON "ExperimentPhase"("workspaceId", "id");

-- AlterTable
ALTER TABLE "Experiment" ADD COLUMN     "hashVersion" INTEGER NOT NULL DEFAULT 2;

-- CreateTable
CREATE TABLE "ExperimentImport" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "fileName" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'ready',
    "options" JSONB NOT NULL,
    "start" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ExperimentImport_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "ExperimentImportItem" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "importId" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "sourceId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "key" TEXT,
    "outcome" TEXT NOT NULL,
    "keepsAssignment" BOOLEAN,
    "notes" JSONB NOT NULL DEFAULT '[]',
    "plan" JSONB,
    "targetId" UUID,

    CONSTRAINT "ExperimentImportItem_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "ExperimentOrigin" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "source" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "sourceId" TEXT NOT NULL,
    "experimentId" UUID,
    "metricId" UUID,

    CONSTRAINT "ExperimentOrigin_pkey" PRIMARY KEY ("workspaceId","source","kind","sourceId")
);

-- CreateIndex
CREATE INDEX "ExperimentImportItem_workspaceId_importId_outcome_idx" ON "ExperimentImportItem"("workspaceId", "importId", "outcome");

-- CreateIndex
CREATE UNIQUE INDEX "ExperimentImportItem_workspaceId_importId_position_key" ON "ExperimentImportItem"("workspaceId", "importId", "position");

-- CreateIndex
CREATE INDEX "ExperimentOrigin_workspaceId_experimentId_idx" ON "ExperimentOrigin"("workspaceId", "experimentId");

-- CreateIndex
CREATE INDEX "ExperimentOrigin_workspaceId_metricId_idx" ON "ExperimentOrigin"("workspaceId", "metricId");

-- AddForeignKey
ALTER TABLE "ExperimentImportItem" ADD CONSTRAINT "ExperimentImportItem_workspaceId_importId_fkey" FOREIGN KEY ("workspaceId", "importId") REFERENCES "ExperimentImport"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ExperimentOrigin" ADD CONSTRAINT "ExperimentOrigin_workspaceId_experimentId_fkey" FOREIGN KEY ("workspaceId", "experimentId") REFERENCES "Experiment"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ExperimentOrigin" ADD CONSTRAINT "ExperimentOrigin_workspaceId_metricId_fkey" FOREIGN KEY ("workspaceId", "metricId") REFERENCES "ExperimentMetric"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row level security
SELECT protect_workspace_rows('"ExperimentImport"');
SELECT protect_workspace_rows('"ExperimentImportItem"');
SELECT protect_workspace_rows('"ExperimentOrigin"');

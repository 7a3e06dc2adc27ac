-- AlterTable
ALTER TABLE "ExperimentExposure" ADD COLUMN     "crossed" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "day" DATE NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "ExperimentGoal" ADD COLUMN     "cap" DOUBLE PRECISION;

-- AlterTable
ALTER TABLE "ExperimentSubjectValue" ADD COLUMN     "byDay" JSONB NOT NULL DEFAULT '[]';

-- CreateTable
CREATE TABLE "ExperimentMeasurement" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "goal" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "amountMinor" BIGINT,
    "currency" TEXT,
    "properties" JSONB,
    "engagedMs" DOUBLE PRECISION,

    CONSTRAINT "ExperimentMeasurement_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateIndex
CREATE INDEX "ExperimentMeasurement_workspaceId_subject_at_idx" ON "ExperimentMeasurement"("workspaceId", "subject", "at");

-- CreateIndex
CREATE INDEX "ExperimentMeasurement_workspaceId_at_idx" ON "ExperimentMeasurement"("workspaceId", "at");

-- Row level security
SELECT protect_workspace_rows('"ExperimentMeasurement"');

-- What was counted before, by its day. Row level security binds the owner too: it is lifted for these statements, in
-- their transaction.
ALTER TABLE "ExperimentExposure" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentSubjectValue" NO FORCE ROW LEVEL SECURITY;

UPDATE "ExperimentExposure" SET "day" = ("exposedAt" AT TIME ZONE 'UTC')::date;

UPDATE "ExperimentSubjectValue" v
SET "byDay" = jsonb_build_array(jsonb_build_array(to_char(x."convertedAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD'), v."value", 0))
FROM "ExperimentExposure" x
WHERE x."workspaceId" = v."workspaceId" AND x."experimentId" = v."experimentId" AND x."subject" = v."subject"
  AND x."convertedAt" IS NOT NULL;

ALTER TABLE "ExperimentExposure" FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentSubjectValue" FORCE ROW LEVEL SECURITY;

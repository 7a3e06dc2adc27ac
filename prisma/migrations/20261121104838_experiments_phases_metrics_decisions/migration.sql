-- CreateEnum
CREATE TYPE "ExperimentKind" AS ENUM ('test', 'bandit', 'holdout');

-- CreateEnum
CREATE TYPE "ExperimentMetricRole" AS ENUM ('goal', 'secondary', 'guardrail');

-- CreateEnum
CREATE TYPE "ExperimentMetricKind" AS ENUM ('conversion', 'count', 'value', 'ratio', 'engagement', 'retention');

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "ExperimentStatus" ADD VALUE 'paused';
ALTER TYPE "ExperimentStatus" ADD VALUE 'archived';

-- AlterTable
ALTER TABLE "Experiment" ADD COLUMN     "activeHours" JSONB,
ADD COLUMN     "bandit" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "condition" JSONB,
ADD COLUMN     "coverage" DOUBLE PRECISION NOT NULL DEFAULT 1,
ADD COLUMN     "forced" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "holdoutId" UUID,
ADD COLUMN     "kind" "ExperimentKind" NOT NULL DEFAULT 'test',
ADD COLUMN     "namespace" TEXT,
ADD COLUMN     "namespaceFrom" DOUBLE PRECISION,
ADD COLUMN     "namespaceTo" DOUBLE PRECISION,
ADD COLUMN     "phase" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "rules" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "startsAt" TIMESTAMPTZ(3),
ADD COLUMN     "sticky" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "stopsAt" TIMESTAMPTZ(3),
ADD COLUMN     "verdict" JSONB;

-- AlterTable
ALTER TABLE "ExperimentVariant" ADD COLUMN     "floor" DOUBLE PRECISION NOT NULL DEFAULT 0,
ADD COLUMN     "retiredAt" TIMESTAMPTZ(3),
ADD COLUMN     "value" JSONB;

-- AlterTable
ALTER TABLE "ExperimentExposure" ADD COLUMN     "channel" TEXT,
ADD COLUMN     "country" TEXT,
ADD COLUMN     "device" TEXT,
ADD COLUMN     "phase" INTEGER NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "ExperimentMetric" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "kind" "ExperimentMetricKind" NOT NULL,
    "event" TEXT,
    "filter" JSONB,
    "property" TEXT,
    "currency" TEXT,
    "numeratorId" UUID,
    "denominatorId" UUID,
    "retentionFrom" INTEGER,
    "retentionTo" INTEGER,
    "windowHours" INTEGER,
    "cap" DOUBLE PRECISION,
    "capPercentile" DOUBLE PRECISION,
    "higherIsBetter" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "archivedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ExperimentMetric_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "ExperimentGoal" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "experimentId" UUID NOT NULL,
    "metricId" UUID NOT NULL,
    "role" "ExperimentMetricRole" NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "ExperimentGoal_pkey" PRIMARY KEY ("workspaceId","experimentId","metricId")
);

-- CreateTable
CREATE TABLE "ExperimentPhase" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "experimentId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),
    "reason" TEXT NOT NULL,
    "actor" JSONB NOT NULL,
    "weights" JSONB NOT NULL,
    "targeting" JSONB NOT NULL,

    CONSTRAINT "ExperimentPhase_pkey" PRIMARY KEY ("workspaceId","experimentId","number")
);

-- CreateTable
CREATE TABLE "ExperimentSubjectValue" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "experimentId" UUID NOT NULL,
    "metricId" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "denominator" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "before" DOUBLE PRECISION,

    CONSTRAINT "ExperimentSubjectValue_pkey" PRIMARY KEY ("workspaceId","experimentId","metricId","subject")
);

-- CreateTable
CREATE TABLE "ExperimentTotal" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "experimentId" UUID NOT NULL,
    "phase" INTEGER NOT NULL,
    "metricId" UUID NOT NULL,
    "variantId" UUID NOT NULL,
    "dimension" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "subjects" INTEGER NOT NULL DEFAULT 0,
    "sum" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "sumOfSquares" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "otherSum" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "otherSumOfSquares" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "sumOfProducts" DOUBLE PRECISION NOT NULL DEFAULT 0,

    CONSTRAINT "ExperimentTotal_pkey" PRIMARY KEY ("workspaceId","experimentId","dimension","metricId","phase","variantId","value","day")
);

-- CreateTable
CREATE TABLE "ExperimentRecorded" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "experimentId" UUID NOT NULL,
    "phase" INTEGER NOT NULL,
    "predictedId" UUID NOT NULL,
    "recordedId" UUID NOT NULL,
    "subjects" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "ExperimentRecorded_pkey" PRIMARY KEY ("workspaceId","experimentId","phase","predictedId","recordedId")
);

-- CreateTable
CREATE TABLE "ExperimentHealth" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "experimentId" UUID NOT NULL,
    "phase" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "ExperimentHealth_pkey" PRIMARY KEY ("workspaceId","experimentId","phase","name","day")
);

-- CreateTable
CREATE TABLE "ExperimentLook" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "experimentId" UUID NOT NULL,
    "metricId" UUID NOT NULL,
    "variantId" UUID NOT NULL,
    "pValue" DOUBLE PRECISION NOT NULL,
    "lower" DOUBLE PRECISION,
    "upper" DOUBLE PRECISION,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ExperimentLook_pkey" PRIMARY KEY ("workspaceId","experimentId","metricId","variantId")
);

-- CreateTable
CREATE TABLE "ExperimentDecision" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "experimentId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "phase" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "inputs" JSONB NOT NULL,
    "outputs" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "actor" JSONB NOT NULL,

    CONSTRAINT "ExperimentDecision_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateIndex
CREATE INDEX "ExperimentMetric_workspaceId_numeratorId_idx" ON "ExperimentMetric"("workspaceId", "numeratorId");

-- CreateIndex
CREATE INDEX "ExperimentMetric_workspaceId_denominatorId_idx" ON "ExperimentMetric"("workspaceId", "denominatorId");

-- CreateIndex
CREATE UNIQUE INDEX "ExperimentMetric_workspaceId_key_key" ON "ExperimentMetric"("workspaceId", "key");

-- CreateIndex
CREATE INDEX "ExperimentGoal_workspaceId_metricId_idx" ON "ExperimentGoal"("workspaceId", "metricId");

-- CreateIndex
CREATE INDEX "ExperimentDecision_workspaceId_experimentId_id_idx" ON "ExperimentDecision"("workspaceId", "experimentId", "id");

-- CreateIndex
CREATE INDEX "Experiment_workspaceId_holdoutId_idx" ON "Experiment"("workspaceId", "holdoutId");

-- AddForeignKey
ALTER TABLE "Experiment" ADD CONSTRAINT "Experiment_workspaceId_holdoutId_fkey" FOREIGN KEY ("workspaceId", "holdoutId") REFERENCES "Experiment"("workspaceId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "ExperimentMetric" ADD CONSTRAINT "ExperimentMetric_workspaceId_numeratorId_fkey" FOREIGN KEY ("workspaceId", "numeratorId") REFERENCES "ExperimentMetric"("workspaceId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "ExperimentMetric" ADD CONSTRAINT "ExperimentMetric_workspaceId_denominatorId_fkey" FOREIGN KEY ("workspaceId", "denominatorId") REFERENCES "ExperimentMetric"("workspaceId", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "ExperimentGoal" ADD CONSTRAINT "ExperimentGoal_workspaceId_experimentId_fkey" FOREIGN KEY ("workspaceId", "experimentId") REFERENCES "Experiment"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ExperimentGoal" ADD CONSTRAINT "ExperimentGoal_workspaceId_metricId_fkey" FOREIGN KEY ("workspaceId", "metricId") REFERENCES "ExperimentMetric"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ExperimentPhase" ADD CONSTRAINT "ExperimentPhase_workspaceId_experimentId_fkey" FOREIGN KEY ("workspaceId", "experimentId") REFERENCES "Experiment"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ExperimentDecision" ADD CONSTRAINT "ExperimentDecision_workspaceId_experimentId_fkey" FOREIGN KEY ("workspaceId", "experimentId") REFERENCES "Experiment"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row level security
SELECT protect_workspace_rows('"ExperimentMetric"');
SELECT protect_workspace_rows('"ExperimentGoal"');
SELECT protect_workspace_rows('"ExperimentPhase"');
SELECT protect_workspace_rows('"ExperimentSubjectValue"');
SELECT protect_workspace_rows('"ExperimentTotal"');
SELECT protect_workspace_rows('"ExperimentRecorded"');
SELECT protect_workspace_rows('"ExperimentHealth"');
SELECT protect_workspace_rows('"ExperimentLook"');
SELECT protect_workspace_rows('"ExperimentDecision"');

-- What was counted before counts on where it is kept now: a goal becomes a metric, a started experiment is in its
-- first phase. Row level security binds the owner too: it is lifted for these statements, in their transaction.
ALTER TABLE "Experiment" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentVariant" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentExposure" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentMetric" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentGoal" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentPhase" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentSubjectValue" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentTotal" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentRecorded" NO FORCE ROW LEVEL SECURITY;

INSERT INTO "ExperimentMetric" ("workspaceId", "id", "key", "name", "kind", "event", "updatedAt")
SELECT "workspaceId", uuidv7(), slug || CASE WHEN nth > 1 THEN '-' || nth ELSE '' END, "goal", 'conversion', "goal", now()
FROM (
  SELECT "workspaceId", "goal", slug, row_number() OVER (PARTITION BY "workspaceId", slug ORDER BY "goal") AS nth
  FROM (
    SELECT DISTINCT "workspaceId", "goal",
      coalesce(nullif(trim('-' FROM regexp_replace(lower("goal"), '[^a-z0-9]+', '-', 'g')), ''), 'goal') AS slug
    FROM "Experiment"
  ) g
) named;

INSERT INTO "ExperimentGoal" ("workspaceId", "experimentId", "metricId", "role", "position")
SELECT e."workspaceId", e."id", m."id", 'goal', 0
FROM "Experiment" e JOIN "ExperimentMetric" m ON m."workspaceId" = e."workspaceId" AND m."event" = e."goal";

UPDATE "Experiment" SET "phase" = 1 WHERE "startedAt" IS NOT NULL;

INSERT INTO "ExperimentPhase" ("workspaceId", "experimentId", "number", "startedAt", "endedAt", "reason", "actor", "weights", "targeting")
SELECT e."workspaceId", e."id", 1, e."startedAt", e."completedAt", 'started', '{"type": "system", "name": "migration"}',
  (SELECT jsonb_object_agg(v."id", v."weight" / nullif(t.total, 0))
   FROM "ExperimentVariant" v,
     (SELECT sum(a."weight") AS total FROM "ExperimentVariant" a WHERE a."workspaceId" = e."workspaceId" AND a."experimentId" = e."id") t
   WHERE v."workspaceId" = e."workspaceId" AND v."experimentId" = e."id"),
  '{"coverage": 1}'
FROM "Experiment" e WHERE e."startedAt" IS NOT NULL;

INSERT INTO "ExperimentSubjectValue" ("workspaceId", "experimentId", "metricId", "subject", "value")
SELECT x."workspaceId", x."experimentId", g."metricId", x."subject", 1
FROM "ExperimentExposure" x
JOIN "ExperimentGoal" g ON g."workspaceId" = x."workspaceId" AND g."experimentId" = x."experimentId"
WHERE x."convertedAt" IS NOT NULL;

INSERT INTO "ExperimentTotal" ("workspaceId", "experimentId", "phase", "metricId", "variantId", "dimension", "value", "day", "subjects")
SELECT "workspaceId", "experimentId", 1, '00000000-0000-0000-0000-000000000000', "variantId", '', '', ("exposedAt" AT TIME ZONE 'UTC')::date, count(*)
FROM "ExperimentExposure" GROUP BY 1, 2, 5, 8;

INSERT INTO "ExperimentTotal" ("workspaceId", "experimentId", "phase", "metricId", "variantId", "dimension", "value", "day", "subjects", "sum", "sumOfSquares")
SELECT x."workspaceId", x."experimentId", 1, g."metricId", x."variantId", '', '', (x."convertedAt" AT TIME ZONE 'UTC')::date, count(*), count(*), count(*)
FROM "ExperimentExposure" x
JOIN "ExperimentGoal" g ON g."workspaceId" = x."workspaceId" AND g."experimentId" = x."experimentId"
WHERE x."convertedAt" IS NOT NULL GROUP BY 1, 2, 4, 5, 8;

INSERT INTO "ExperimentRecorded" ("workspaceId", "experimentId", "phase", "predictedId", "recordedId", "subjects")
SELECT "workspaceId", "experimentId", 1, "variantId", "variantId", count(*) FROM "ExperimentExposure" GROUP BY 1, 2, 4;

ALTER TABLE "Experiment" FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentVariant" FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentExposure" FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentMetric" FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentGoal" FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentPhase" FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentSubjectValue" FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentTotal" FORCE ROW LEVEL SECURITY;
ALTER TABLE "ExperimentRecorded" FORCE ROW LEVEL SECURITY;

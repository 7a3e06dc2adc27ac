-- CreateEnum
CREATE TYPE "AccessibilityReportStatus" AS ENUM ('waiting', 'running', 'done', 'failed');

-- CreateEnum
CREATE TYPE "PageRolloutStatus" AS ENUM ('running', 'completed', 'rolledBack');

-- CreateEnum
CREATE TYPE "PageRolloutPace" AS ENUM ('manual', 'schedule', 'guardrails');

-- CreateTable
CREATE TABLE "Image" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "alt" TEXT NOT NULL DEFAULT '',
    "contentType" TEXT NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "bytes" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Image_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "AccessibilityReport" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "variantKey" TEXT NOT NULL,
    "status" "AccessibilityReportStatus" NOT NULL DEFAULT 'waiting',
    "progress" INTEGER NOT NULL DEFAULT 0,
    "score" INTEGER,
    "issues" JSONB NOT NULL DEFAULT '[]',
    "failure" TEXT,
    "engine" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "AccessibilityReport_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "PageRollout" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "variantKey" TEXT NOT NULL,
    "status" "PageRolloutStatus" NOT NULL DEFAULT 'running',
    "pace" "PageRolloutPace" NOT NULL DEFAULT 'manual',
    "steps" JSONB NOT NULL,
    "step" INTEGER NOT NULL DEFAULT 0,
    "stepMinutes" INTEGER NOT NULL DEFAULT 60,
    "minVisitors" INTEGER NOT NULL DEFAULT 100,
    "nextStepAt" TIMESTAMPTZ(3),
    "reason" TEXT,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" TIMESTAMPTZ(3),
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "PageRollout_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable
CREATE TABLE "PageRolloutVisitor" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "rolloutId" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "candidate" BOOLEAN NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL,
    "convertedAt" TIMESTAMPTZ(3),

    CONSTRAINT "PageRolloutVisitor_pkey" PRIMARY KEY ("workspaceId","rolloutId","subject")
);

-- CreateIndex
CREATE INDEX "Image_workspaceId_createdAt_idx" ON "Image"("workspaceId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "Image_workspaceId_key_key" ON "Image"("workspaceId", "key");

-- CreateIndex
CREATE INDEX "AccessibilityReport_workspaceId_pageId_createdAt_idx" ON "AccessibilityReport"("workspaceId", "pageId", "createdAt");

-- CreateIndex
CREATE INDEX "PageRollout_workspaceId_pageId_startedAt_idx" ON "PageRollout"("workspaceId", "pageId", "startedAt");

-- AddForeignKey
ALTER TABLE "AccessibilityReport" ADD CONSTRAINT "AccessibilityReport_workspaceId_pageId_fkey" FOREIGN KEY ("workspaceId", "pageId") REFERENCES "Page"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PageRollout" ADD CONSTRAINT "PageRollout_workspaceId_pageId_fkey" FOREIGN KEY ("workspaceId", "pageId") REFERENCES "Page"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PageRolloutVisitor" ADD CONSTRAINT "PageRolloutVisitor_workspaceId_rolloutId_fkey" FOREIGN KEY ("workspaceId", "rolloutId") REFERENCES "PageRollout"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Row level security
SELECT protect_workspace_rows('"Image"');
SELECT protect_workspace_rows('"AccessibilityReport"');
SELECT protect_workspace_rows('"PageRollout"');
SELECT protect_workspace_rows('"PageRolloutVisitor"');

-- @handwritten TrackingEvent: write it by hand. Prisma would have written:
--   -- AlterTable
--   ALTER TABLE "TrackingEvent" ADD COLUMN     "amountMinor" BIGINT,
--   ADD COLUMN     "browser" TEXT,
--   ADD COLUMN     "channel" TEXT,
--   ADD COLUMN     "country" TEXT,
--   ADD COLUMN     "currency" TEXT,
--   ADD COLUMN     "device" TEXT,
--   ADD COLUMN     "metrics" JSONB,
--   ADD COLUMN     "os" TEXT,
--   ADD COLUMN     "path" TEXT,
--   ADD COLUMN     "referrerHost" TEXT,
--   ADD COLUMN     "utmCampaign" TEXT,
--   ADD COLUMN     "utmContent" TEXT,
--   ADD COLUMN     "utmMedium" TEXT,
--   ADD COLUMN     "utmSource" TEXT,
--   ADD COLUMN     "utmTerm" TEXT;

-- DropTable
DROP TABLE "TrackingPresence";

-- CreateTable
CREATE TABLE "TrackingSession" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "siteId" UUID NOT NULL,
    "visitorId" UUID NOT NULL,
    "id" UUID NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3) NOT NULL,
    "lastEventId" UUID NOT NULL,
    "campaign" TEXT,
    "channel" TEXT,
    "referrerHost" TEXT,
    "utmSource" TEXT,
    "utmMedium" TEXT,
    "utmCampaign" TEXT,
    "country" TEXT,
    "device" TEXT,
    "browser" TEXT,
    "os" TEXT,
    "entryPageId" UUID,
    "entryPath" TEXT,
    "exitPageId" UUID,
    "exitPath" TEXT,
    "events" INTEGER NOT NULL,
    "pageviews" INTEGER NOT NULL,
    "conversions" INTEGER NOT NULL,
    "engagedMs" INTEGER NOT NULL,
    "acted" BOOLEAN NOT NULL,
    "experiments" JSONB NOT NULL,

    CONSTRAINT "TrackingSession_pkey" PRIMARY KEY ("workspaceId","siteId","visitorId","id")
);

-- CreateTable
CREATE TABLE "TrackingHour" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "siteId" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "dimension" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "pageviews" INTEGER NOT NULL,
    "clicks" INTEGER NOT NULL,
    "conversions" INTEGER NOT NULL,
    "served" INTEGER NOT NULL,
    "sessions" INTEGER NOT NULL,
    "bounces" INTEGER NOT NULL,
    "engagedMs" BIGINT NOT NULL,
    "scrollSum" INTEGER NOT NULL,
    "scrollCount" INTEGER NOT NULL,

    CONSTRAINT "TrackingHour_pkey" PRIMARY KEY ("workspaceId","siteId","pageId","dimension","value","hour")
);

-- CreateTable
CREATE TABLE "TrackingVisitors" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "siteId" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "dimension" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "few" BIGINT[],
    "cells" BIT(49152),

    CONSTRAINT "TrackingVisitors_pkey" PRIMARY KEY ("workspaceId","siteId","pageId","dimension","value","hour")
);

-- CreateTable
CREATE TABLE "TrackingRevenue" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "siteId" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "dimension" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "amountMinor" BIGINT NOT NULL,
    "conversions" INTEGER NOT NULL,

    CONSTRAINT "TrackingRevenue_pkey" PRIMARY KEY ("workspaceId","siteId","pageId","dimension","value","currency","hour")
);

-- CreateTable
CREATE TABLE "TrackingTiming" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "siteId" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "metric" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "bucket" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "TrackingTiming_pkey" PRIMARY KEY ("workspaceId","siteId","pageId","metric","hour","bucket")
);

-- CreateTable
CREATE TABLE "TrackingDayValue" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "siteId" UUID NOT NULL,
    "dimension" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "TrackingDayValue_pkey" PRIMARY KEY ("workspaceId","siteId","dimension","day","value")
);

-- CreateIndex
CREATE INDEX "TrackingSession_workspaceId_endedAt_idx" ON "TrackingSession"("workspaceId", "endedAt");

-- @handwritten TrackingEvent: write it by hand. Prisma would have written:
--   -- CreateIndex
--   CREATE INDEX "TrackingEvent_workspaceId_visitorId_id_idx" ON "TrackingEvent"("workspaceId", "visitorId", "id");


-- Row level security
SELECT protect_workspace_rows('"TrackingSession"');
SELECT protect_workspace_rows('"TrackingHour"');
SELECT protect_workspace_rows('"TrackingVisitors"');
SELECT protect_workspace_rows('"TrackingRevenue"');
SELECT protect_workspace_rows('"TrackingTiming"');
SELECT protect_workspace_rows('"TrackingDayValue"');

-- Counts by the day, put together by a job: until it has, spans are read by the hour as before.
-- AlterTable
ALTER TABLE "TrackingDaysKept" ADD COLUMN     "countedBefore" TIMESTAMPTZ(0);

-- CreateTable
CREATE TABLE "TrackingDay" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "siteId" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "dimension" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "day" TIMESTAMPTZ(0) NOT NULL,
    "pageviews" INTEGER NOT NULL,
    "clicks" INTEGER NOT NULL,
    "conversions" INTEGER NOT NULL,
    "served" INTEGER NOT NULL,
    "sessions" INTEGER NOT NULL,
    "bounces" INTEGER NOT NULL,
    "engagedMs" BIGINT NOT NULL,
    "scrollSum" BIGINT NOT NULL,
    "scrollCount" INTEGER NOT NULL,

    CONSTRAINT "TrackingDay_pkey" PRIMARY KEY ("workspaceId","siteId","pageId","dimension","value","day")
);

-- Row level security
SELECT protect_workspace_rows('"TrackingDay"');

-- Six hours, put together by a job: until it has, the ends of spans are read by the hour as before.
-- AlterTable
ALTER TABLE "TrackingDaysKept" ADD COLUMN     "sixHoursBefore" TIMESTAMPTZ(0),
ADD COLUMN     "sixHoursFrom" TIMESTAMPTZ(0);

-- CreateTable
CREATE TABLE "TrackingSixHoursVisitors" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "siteId" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "dimension" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "sixHours" TIMESTAMPTZ(0) NOT NULL,
    "few" BIGINT[],
    "cells" BIT(49152),

    CONSTRAINT "TrackingSixHoursVisitors_pkey" PRIMARY KEY ("workspaceId","siteId","pageId","dimension","value","sixHours")
);

-- CreateTable
CREATE TABLE "TrackingSixHours" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "siteId" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "dimension" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "sixHours" TIMESTAMPTZ(0) NOT NULL,
    "pageviews" INTEGER NOT NULL,
    "clicks" INTEGER NOT NULL,
    "conversions" INTEGER NOT NULL,
    "served" INTEGER NOT NULL,
    "sessions" INTEGER NOT NULL,
    "bounces" INTEGER NOT NULL,
    "engagedMs" BIGINT NOT NULL,
    "scrollSum" BIGINT NOT NULL,
    "scrollCount" INTEGER NOT NULL,

    CONSTRAINT "TrackingSixHours_pkey" PRIMARY KEY ("workspaceId","siteId","pageId","dimension","value","sixHours")
);

-- Cells stand in their row as they are, as those of days do.
ALTER TABLE "TrackingSixHoursVisitors" ALTER COLUMN "cells" SET STORAGE EXTERNAL;
ALTER TABLE "TrackingSixHoursVisitors" SET (toast_tuple_target = 8160);

-- Row level security
SELECT protect_workspace_rows('"TrackingSixHours"');
SELECT protect_workspace_rows('"TrackingSixHoursVisitors"');

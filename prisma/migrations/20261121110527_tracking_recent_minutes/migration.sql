-- CreateTable
CREATE TABLE "TrackingRecent" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "siteId" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "dimension" TEXT NOT NULL,
    "minute" TIMESTAMPTZ(0) NOT NULL,
    "value" TEXT NOT NULL,
    "pageviews" INTEGER NOT NULL,
    "clicks" INTEGER NOT NULL,
    "conversions" INTEGER NOT NULL,
    "sessions" INTEGER NOT NULL,
    "bounces" INTEGER NOT NULL,
    "engagedMs" BIGINT NOT NULL,
    "scrollSum" INTEGER NOT NULL,
    "scrollCount" INTEGER NOT NULL,
    "few" BIGINT[],
    "cells" BIT(49152),

    CONSTRAINT "TrackingRecent_pkey" PRIMARY KEY ("workspaceId","siteId","pageId","dimension","minute","value")
);

-- Row level security
SELECT protect_workspace_rows('"TrackingRecent"');

-- Rows of the current minute are updated with every batch: room on their page keeps the updates off the index.
ALTER TABLE "TrackingRecent" SET (fillfactor = 70);

-- Visitors by the minute were kept here, in all and by page. They are in "TrackingRecent" from now on.
ALTER TABLE "TrackingVisitors" NO FORCE ROW LEVEL SECURITY;
DELETE FROM "TrackingVisitors" WHERE "dimension" = 'minute';
ALTER TABLE "TrackingVisitors" FORCE ROW LEVEL SECURITY;

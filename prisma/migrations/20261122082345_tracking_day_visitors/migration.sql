-- CreateTable
CREATE TABLE "TrackingDayVisitors" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "siteId" UUID NOT NULL,
    "pageId" UUID NOT NULL,
    "dimension" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "day" TIMESTAMPTZ(0) NOT NULL,
    "few" BIGINT[],
    "cells" BIT(49152),

    CONSTRAINT "TrackingDayVisitors_pkey" PRIMARY KEY ("workspaceId","siteId","pageId","dimension","value","day")
);

-- CreateTable
CREATE TABLE "TrackingDaysKept" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "before" TIMESTAMPTZ(0) NOT NULL,

    CONSTRAINT "TrackingDaysKept_pkey" PRIMARY KEY ("workspaceId")
);

-- Row level security
SELECT protect_workspace_rows('"TrackingDayVisitors"');
SELECT protect_workspace_rows('"TrackingDaysKept"');

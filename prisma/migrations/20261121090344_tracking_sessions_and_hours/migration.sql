-- AlterTable (by hand: partitioned). Columns without a default: no partition is rewritten.
ALTER TABLE "TrackingEvent" ADD COLUMN "path" TEXT,
ADD COLUMN "referrerHost" TEXT,
ADD COLUMN "channel" TEXT,
ADD COLUMN "utmSource" TEXT,
ADD COLUMN "utmMedium" TEXT,
ADD COLUMN "utmCampaign" TEXT,
ADD COLUMN "utmTerm" TEXT,
ADD COLUMN "utmContent" TEXT,
ADD COLUMN "country" TEXT,
ADD COLUMN "device" TEXT,
ADD COLUMN "browser" TEXT,
ADD COLUMN "os" TEXT,
ADD COLUMN "amountMinor" BIGINT,
ADD COLUMN "currency" TEXT,
ADD COLUMN "metrics" JSONB;

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

-- CreateIndex (by hand: on every partition)
CREATE INDEX "TrackingEvent_workspaceId_visitorId_id_idx" ON "TrackingEvent"("workspaceId", "visitorId", "id");

-- Row level security
SELECT protect_workspace_rows('"TrackingSession"');
SELECT protect_workspace_rows('"TrackingHour"');
SELECT protect_workspace_rows('"TrackingVisitors"');
SELECT protect_workspace_rows('"TrackingRevenue"');
SELECT protect_workspace_rows('"TrackingTiming"');
SELECT protect_workspace_rows('"TrackingDayValue"');

-- Rows of the current hour are updated with every batch: room on their page keeps the updates off the index.
ALTER TABLE "TrackingHour" SET (fillfactor = 70);
ALTER TABLE "TrackingSession" SET (fillfactor = 80);

-- The cells of a visitor counter that these hashes set: the low 16 bits of a hash are its cell
-- (packages/plugins/tracking/src/visitorCounts.ts).
CREATE FUNCTION tracking_cells(hashes bigint[]) RETURNS bit LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  cells bit(49152) := repeat('0', 49152)::bit(49152);
  hash bigint;
BEGIN
  FOREACH hash IN ARRAY hashes LOOP
    cells := set_bit(cells, (hash & 65535)::integer, 1);
  END LOOP;
  RETURN cells;
END
$$;

-- Drops the log's weekly partitions that ended before an instant, and what of that time lies in the default
-- partition; returns how many were dropped. Rollups stay.
--
-- SECURITY DEFINER for the same reason as make_tracking_partitions, and as narrow: its argument is an instant,
-- names come from the catalog, and a span that late events may still reach is refused.
CREATE FUNCTION drop_tracking_partitions(before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '5s' AS $$
DECLARE
  partition text;
  week timestamptz;
  dropped integer := 0;
BEGIN
  IF before IS NULL OR before > now() - interval '7 days' THEN
    RAISE EXCEPTION 'Events are kept for 7 days at least: % is too late.', before USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM pg_advisory_xact_lock(72707370);
  FOR partition IN
    SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'public."TrackingEvent"'::regclass AND relname ~ '^TrackingEvent_[0-9]{8}$' ORDER BY relname
  LOOP
    week := to_date(right(partition, 8), 'YYYYMMDD');
    IF week + interval '7 days' <= before THEN
      EXECUTE format('DROP TABLE public.%I', partition);
      dropped := dropped + 1;
    END IF;
  END LOOP;
  -- Row level security binds the owner too. It is lifted from this one partition, which nobody can reach but
  -- through the log, and put back before anybody else sees the table.
  IF pg_relation_size('public."TrackingEvent_default"') > 0 THEN
    ALTER TABLE public."TrackingEvent_default" NO FORCE ROW LEVEL SECURITY;
    DELETE FROM public."TrackingEvent_default" WHERE "id" < first_event_id(before);
    ALTER TABLE public."TrackingEvent_default" FORCE ROW LEVEL SECURITY;
  END IF;
  RETURN dropped;
END
$$;
REVOKE EXECUTE ON FUNCTION drop_tracking_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_tracking_partitions TO espalier_system;

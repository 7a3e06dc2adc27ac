-- AlterTable
ALTER TABLE "TrackingSession" ADD COLUMN     "scrollDepth" INTEGER;

-- What was counted before counts again where it is kept now. Row level security binds the owner too: it is lifted
-- from these tables for the two statements, in this transaction.
ALTER TABLE "TrackingPresence" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "TrackingMinute" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "TrackingVisitors" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "TrackingHour" NO FORCE ROW LEVEL SECURITY;

-- Hashes as packages/plugins/tracking/src/visitorCounts.ts makes them.
INSERT INTO "TrackingVisitors" ("workspaceId", "siteId", "pageId", "dimension", "value", "hour", "few", "cells")
SELECT "workspaceId", "siteId", "place", '', '', "hour",
  CASE WHEN count(*) <= 128 THEN array_agg("hash") ELSE '{}' END,
  CASE WHEN count(*) > 128 THEN tracking_cells(array_agg("hash")) END
FROM (
  SELECT DISTINCT "workspaceId", "siteId", "place", date_trunc('hour', "quarter", 'UTC') AS "hour",
    (((('x' || substr("digest", 1, 12))::bit(48)::bigint >> 1) << 16)
      | (coalesce(least(nullif(position('1' IN ('x' || substr("digest", 17, 6))::bit(24)::text), 0) - 1, 23), 23) * 2048
      + ('x' || substr("digest", 13, 4))::bit(16)::integer % 2048)) AS "hash"
  FROM "TrackingPresence"
    CROSS JOIN LATERAL (SELECT md5("visitorId"::text) AS "digest") AS "digest"
    CROSS JOIN LATERAL (
      SELECT '00000000-0000-0000-0000-000000000000'::uuid AS "place" UNION SELECT "pageId"
    ) AS "place"
) AS "seen"
GROUP BY 1, 2, 3, 6;

INSERT INTO "TrackingHour" ("workspaceId", "siteId", "pageId", "dimension", "value", "hour", "pageviews", "clicks",
  "conversions", "served", "sessions", "bounces", "engagedMs", "scrollSum", "scrollCount")
SELECT "workspaceId", "siteId", "place", "dimension", "value", date_trunc('hour', "minute", 'UTC'),
  coalesce(sum("count") FILTER (WHERE "name" = 'pageview'), 0), coalesce(sum("count") FILTER (WHERE "name" = 'click'), 0),
  coalesce(sum("count") FILTER (WHERE "name" = 'conversion'), 0), 0, 0, 0, 0, 0, 0
FROM "TrackingMinute"
  CROSS JOIN LATERAL (
    SELECT CASE WHEN "experimentId" = '00000000-0000-0000-0000-000000000000' THEN '' ELSE 'variant' END AS "dimension",
      CASE WHEN "experimentId" = '00000000-0000-0000-0000-000000000000' THEN '' ELSE "variantId"::text END AS "value"
  ) AS "key"
  CROSS JOIN LATERAL (
    SELECT '00000000-0000-0000-0000-000000000000'::uuid AS "place" UNION SELECT "pageId"
  ) AS "place"
WHERE "name" IN ('pageview', 'click', 'conversion')
GROUP BY 1, 2, 3, 4, 5, 6;

ALTER TABLE "TrackingMinute" FORCE ROW LEVEL SECURITY;
ALTER TABLE "TrackingVisitors" FORCE ROW LEVEL SECURITY;
ALTER TABLE "TrackingHour" FORCE ROW LEVEL SECURITY;

-- DropTable
DROP TABLE "TrackingPresence";

-- CreateIndex
CREATE INDEX "TrackingMinute_workspaceId_minute_idx" ON "TrackingMinute"("workspaceId", "minute");

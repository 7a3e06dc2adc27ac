-- Conversions by goal, in order: alerts watch single goals, which rollups do not keep apart. Partitions that are made later get it too.
CREATE INDEX "TrackingEvent_goal" ON "TrackingEvent" ("workspaceId", "goal", "id") INCLUDE ("at", "siteId", "pageId")
  WHERE "name" = 'conversion';

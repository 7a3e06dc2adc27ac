-- Sessions that go on are found along five minutes, not along the instant of their last event: an update that leaves all indexed
-- columns alone writes no index (HOT). Sessions of before have none: who was there is seen again with their next event.
ALTER TABLE "TrackingSession" ADD COLUMN "activeIn" TIMESTAMPTZ(0);

-- Days were put together in the time zone of the database, where some have 23 hours or 25: those are put together again, by the job
-- that does so every hour, from the hours that are kept. Until then spans are read by the hour.
ALTER TABLE "TrackingDaysKept" NO FORCE ROW LEVEL SECURITY;
DELETE FROM "TrackingDaysKept" WHERE current_setting('TimeZone') NOT IN ('UTC', 'Etc/UTC', 'GMT', 'Etc/GMT');
ALTER TABLE "TrackingDaysKept" FORCE ROW LEVEL SECURITY;

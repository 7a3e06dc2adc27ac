-- Cells of days stand in their row as they are: 6 kB instead of 2, and a report over a year no longer unpacks 350 of them, at some
-- 30 µs each. Days of before stay packed, and are read as they were.
ALTER TABLE "TrackingDayVisitors" ALTER COLUMN "cells" SET STORAGE EXTERNAL;
ALTER TABLE "TrackingDayVisitors" SET (toast_tuple_target = 8160);

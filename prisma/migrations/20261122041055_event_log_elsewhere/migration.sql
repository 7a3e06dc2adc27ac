-- What PostgreSQL keeps of events whose log is in another engine. Both tables stay empty where the log is "TrackingEvent".

-- CreateTable (by hand: partitioned). Ranges of ids are ranges of time: a UUIDv7 begins with its instant.
CREATE TABLE "TrackingEventKey" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,

    CONSTRAINT "TrackingEventKey_pkey" PRIMARY KEY ("workspaceId","id")
) PARTITION BY RANGE ("id");

-- CreateTable (by hand: numbered by a sequence of its own, which the server's roles may draw from and not set)
CREATE SEQUENCE "TrackingBatch_number" AS BIGINT;
GRANT USAGE ON SEQUENCE "TrackingBatch_number" TO espalier_app, espalier_system;
CREATE TABLE "TrackingBatch" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" BIGINT NOT NULL DEFAULT nextval('"TrackingBatch_number"'),
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "TrackingBatch_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateIndex: batches are settled in their order, over all workspaces.
CREATE INDEX "TrackingBatch_id_idx" ON "TrackingBatch"("id");

-- Row level security
SELECT protect_workspace_rows('"TrackingEventKey"');
SELECT protect_workspace_rows('"TrackingBatch"');

-- What no day holds: an event is never refused because nobody made its partition in time.
CREATE TABLE "TrackingEventKey_default" PARTITION OF "TrackingEventKey" DEFAULT;
SELECT protect_workspace_rows('"TrackingEventKey_default"');
REVOKE ALL ON "TrackingEventKey_default" FROM espalier_app, espalier_system;

-- Makes the daily partitions (UTC) of the keys from the day of an instant on, those that are missing; returns how many.
--
-- SECURITY DEFINER for the same reason as make_tracking_partitions, and as narrow: its arguments are an instant and a small
-- number, and its search path is fixed.
CREATE FUNCTION make_tracking_key_partitions(first timestamptz, days integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '5s' AS $$
DECLARE
  day timestamptz := date_trunc('day', first);
  made integer := 0;
  partition text;
BEGIN
  IF days NOT BETWEEN 1 AND 60 THEN
    RAISE EXCEPTION 'days must be between 1 and 60, not %.', days USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- Two servers that start together take turns.
  PERFORM pg_advisory_xact_lock(72707372);
  FOR number IN 1..days LOOP
    partition := format('public.%I', 'TrackingEventKey_' || to_char(day, 'YYYYMMDD'));
    IF to_regclass(partition) IS NULL THEN
      BEGIN
        EXECUTE format('CREATE TABLE %s (LIKE public."TrackingEventKey" INCLUDING ALL)', partition);
        PERFORM protect_workspace_rows(partition::regclass);
        EXECUTE format('REVOKE ALL ON %s FROM espalier_app, espalier_system', partition);
        EXECUTE format('ALTER TABLE public."TrackingEventKey" ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)',
          partition, first_event_id(day), first_event_id(day + interval '1 day'));
        made := made + 1;
      EXCEPTION WHEN check_violation THEN
        RAISE WARNING 'The day of % stays in the default partition, which already holds keys of it.', day::date;
      END;
    END IF;
    day := day + interval '1 day';
  END LOOP;
  RETURN made;
END
$$;
REVOKE EXECUTE ON FUNCTION make_tracking_key_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_tracking_key_partitions TO espalier_system;

-- Drops the keys of days that ended before an instant; returns how many days were dropped. An event of three days ago is
-- refused by the collector, so its key is of no use any more; younger ones are kept whatever a caller says.
CREATE FUNCTION drop_tracking_key_partitions(before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '5s' AS $$
DECLARE
  partition text;
  dropped integer := 0;
BEGIN
  IF before IS NULL OR before > now() - interval '3 days' THEN
    RAISE EXCEPTION 'Keys are kept for 3 days at least: % is too late.', before USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM pg_advisory_xact_lock(72707372);
  FOR partition IN
    SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'public."TrackingEventKey"'::regclass AND relname ~ '^TrackingEventKey_[0-9]{8}$' ORDER BY relname
  LOOP
    IF to_date(right(partition, 8), 'YYYYMMDD') + interval '1 day' <= before THEN
      EXECUTE format('DROP TABLE public.%I', partition);
      dropped := dropped + 1;
    END IF;
  END LOOP;
  -- As in drop_tracking_partitions: row level security binds the owner too, and is lifted from this one partition.
  IF pg_relation_size('public."TrackingEventKey_default"') > 0 THEN
    ALTER TABLE public."TrackingEventKey_default" NO FORCE ROW LEVEL SECURITY;
    DELETE FROM public."TrackingEventKey_default" WHERE "id" < first_event_id(before);
    ALTER TABLE public."TrackingEventKey_default" FORCE ROW LEVEL SECURITY;
  END IF;
  RETURN dropped;
END
$$;
REVOKE EXECUTE ON FUNCTION drop_tracking_key_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_tracking_key_partitions TO espalier_system;

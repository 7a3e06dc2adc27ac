-- CreateTable
CREATE TABLE "TrackingSite" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "TrackingSite_pkey" PRIMARY KEY ("workspaceId","id")
);

-- CreateTable (by hand: partitioned)
-- Ranges of ids are ranges of time: a UUIDv7 begins with its instant. The primary key can therefore stay
-- ("workspaceId", "id") and is unique across every partition.
CREATE TABLE "TrackingEvent" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "id" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "pageId" UUID,
    "visitorId" UUID NOT NULL,
    "sessionId" UUID,
    "name" TEXT NOT NULL,
    "goal" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "receivedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "url" TEXT,
    "referrer" TEXT,
    "experiments" JSONB,
    "properties" JSONB,

    CONSTRAINT "TrackingEvent_pkey" PRIMARY KEY ("workspaceId","id")
) PARTITION BY RANGE ("id");

-- CreateTable
CREATE TABLE "TrackingMinute" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "pageId" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "experimentId" UUID NOT NULL,
    "variantId" UUID NOT NULL,
    "minute" TIMESTAMPTZ(0) NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "TrackingMinute_pkey" PRIMARY KEY ("workspaceId","pageId","siteId","name","experimentId","variantId","minute")
);

-- CreateTable
CREATE TABLE "TrackingPresence" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "pageId" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "quarter" TIMESTAMPTZ(0) NOT NULL,
    "visitorId" UUID NOT NULL,

    CONSTRAINT "TrackingPresence_pkey" PRIMARY KEY ("workspaceId","pageId","siteId","quarter","visitorId")
);

-- CreateTable
CREATE TABLE "TrackingOnce" (
    "workspaceId" UUID NOT NULL DEFAULT current_workspace(),
    "scope" TEXT NOT NULL,
    "visitorId" UUID NOT NULL,
    "eventId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "TrackingOnce_pkey" PRIMARY KEY ("workspaceId","scope","visitorId")
);

-- CreateIndex
CREATE INDEX "TrackingSite_key_idx" ON "TrackingSite"("key");

-- CreateIndex
CREATE UNIQUE INDEX "TrackingSite_workspaceId_name_key" ON "TrackingSite"("workspaceId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "TrackingSite_workspaceId_key_key" ON "TrackingSite"("workspaceId", "key");

-- Row level security
SELECT protect_workspace_rows('"TrackingSite"');
SELECT protect_workspace_rows('"TrackingEvent"');
SELECT protect_workspace_rows('"TrackingMinute"');
SELECT protect_workspace_rows('"TrackingPresence"');
SELECT protect_workspace_rows('"TrackingOnce"');

-- The log only grows.
REVOKE UPDATE, DELETE ON "TrackingEvent" FROM espalier_app, espalier_system;

-- A minute's row is updated with every batch: room on its page keeps the updates off the index.
ALTER TABLE "TrackingMinute" SET (fillfactor = 70);

-- The smallest UUIDv7 of an instant: where a partition begins.
CREATE FUNCTION first_event_id(instant timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT (lpad(to_hex((extract(epoch FROM instant) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;

-- Makes the weekly partitions (Monday, UTC) from the week of an instant on, those that are missing; returns
-- how many it made. Roles reach events through the parent table alone: partitions have policies like it,
-- and no grants at all.
--
-- SECURITY DEFINER, because making a table takes its owner, and the server must not be one: this function is
-- the one thing that the system role may have done as the owner. Its arguments are an instant and a small
-- number, so nothing that a caller says becomes SQL; its search path is fixed.
CREATE FUNCTION make_tracking_partitions(first timestamptz, weeks integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '5s' AS $$
DECLARE
  week timestamptz := date_trunc('week', first);
  made integer := 0;
  partition text;
BEGIN
  IF weeks NOT BETWEEN 1 AND 60 THEN
    RAISE EXCEPTION 'weeks must be between 1 and 60, not %.', weeks USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- Two servers that start together take turns.
  PERFORM pg_advisory_xact_lock(72707370);
  FOR number IN 1..weeks LOOP
    partition := format('public.%I', 'TrackingEvent_' || to_char(week, 'YYYYMMDD'));
    IF to_regclass(partition) IS NULL THEN
      BEGIN
        -- Made apart and then attached: unlike CREATE TABLE … PARTITION OF, that blocks neither reads nor writes.
        EXECUTE format('CREATE TABLE %s (LIKE public."TrackingEvent" INCLUDING ALL)', partition);
        PERFORM protect_workspace_rows(partition::regclass);
        EXECUTE format('REVOKE ALL ON %s FROM espalier_app, espalier_system', partition);
        EXECUTE format('ALTER TABLE public."TrackingEvent" ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)',
          partition, first_event_id(week), first_event_id(week + interval '7 days'));
        made := made + 1;
      EXCEPTION WHEN check_violation THEN
        -- Events of that week are already in the default partition: they stay there, found like any other.
        RAISE WARNING 'The week of % stays in the default partition, which already holds events of it.', week::date;
      END;
    END IF;
    week := week + interval '7 days';
  END LOOP;
  RETURN made;
END
$$;
REVOKE EXECUTE ON FUNCTION make_tracking_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_tracking_partitions TO espalier_system;

-- What no week holds: an event is never refused because nobody made its partition in time.
CREATE TABLE "TrackingEvent_default" PARTITION OF "TrackingEvent" DEFAULT;
SELECT protect_workspace_rows('"TrackingEvent_default"');
REVOKE ALL ON "TrackingEvent_default" FROM espalier_app, espalier_system;

SELECT make_tracking_partitions(now() - interval '7 days', 9);

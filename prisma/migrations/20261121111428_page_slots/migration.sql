-- Blocks within a block move from "zones", where Puck kept them before 0.19, into the block, as slots of the same name.
-- A zone that belonged to no block of the page was refused when it was written, so none is lost.
CREATE FUNCTION pg_temp.with_slots(blocks jsonb, zones jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN (SELECT coalesce(jsonb_agg(jsonb_set(block, '{props}', block -> 'props' || slots.filled) ORDER BY place), '[]')
  FROM jsonb_array_elements(blocks) WITH ORDINALITY AS b (block, place),
    LATERAL (
      SELECT coalesce(jsonb_object_agg(regexp_replace(zone.key, '^.*:', ''), pg_temp.with_slots(zone.value, zones)), '{}') AS filled
      FROM jsonb_each(zones) AS zone
      WHERE regexp_replace(zone.key, ':[^:]*$', '') = block -> 'props' ->> 'id' AND jsonb_array_length(zone.value) > 0
    ) AS slots);
END
$$;

CREATE FUNCTION pg_temp.without_zones(content jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_set(content - 'zones', '{content}', pg_temp.with_slots(content -> 'content', content -> 'zones'))
$$;

-- The owner writes past policies only where they are not forced on it.
ALTER TABLE "PageVariant" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "PageRevision" NO FORCE ROW LEVEL SECURITY;
UPDATE "PageVariant" SET "content" = pg_temp.without_zones("content")
WHERE jsonb_typeof("content" -> 'zones') = 'object' AND jsonb_typeof("content" -> 'content') = 'array';
UPDATE "PageVariant" SET "published" = pg_temp.without_zones("published")
WHERE jsonb_typeof("published" -> 'zones') = 'object' AND jsonb_typeof("published" -> 'content') = 'array';
UPDATE "PageRevision" SET "content" = pg_temp.without_zones("content")
WHERE jsonb_typeof("content" -> 'zones') = 'object' AND jsonb_typeof("content" -> 'content') = 'array';
ALTER TABLE "PageVariant" FORCE ROW LEVEL SECURITY;
ALTER TABLE "PageRevision" FORCE ROW LEVEL SECURITY;

DROP FUNCTION pg_temp.without_zones(jsonb);
DROP FUNCTION pg_temp.with_slots(jsonb, jsonb);

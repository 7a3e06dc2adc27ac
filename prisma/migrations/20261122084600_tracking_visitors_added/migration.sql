-- The different visitors of a rollup's row (packages/plugins/tracking/src/visitorCounts.ts) together with those of a new
-- one. As expressions the merge was taken apart and built up several times a row, with a copy of all cells for each hash;
-- here cells are read once, and copied for those hashes alone that are new.

-- Whether a row lacks one of the new visitors.
CREATE FUNCTION tracking_lacks_visitors(few bigint[], cells bit, new_few bigint[], new_cells bit) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  known bit varying;
  hash bigint;
BEGIN
  IF cells IS NULL THEN
    RETURN new_cells IS NOT NULL OR NOT few @> new_few;
  END IF;
  -- A copy: what a row holds is unpacked anew each time that it is asked.
  known := cells || B'';
  IF new_cells IS NOT NULL THEN
    RETURN (known | new_cells) <> known;
  END IF;
  FOREACH hash IN ARRAY new_few LOOP
    IF get_bit(known, (hash & 65535)::integer) = 0 THEN
      RETURN true;
    END IF;
  END LOOP;
  RETURN false;
END
$$;

-- Both together: hashes up to 128 of them, cells beyond. What does not change is handed back as it is stored.
CREATE FUNCTION tracking_with_visitors(INOUT few bigint[], INOUT cells bit, new_few bigint[], new_cells bit)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  known bit varying;
  hash bigint;
  is_new boolean := false;
BEGIN
  IF cells IS NULL AND new_cells IS NULL THEN
    IF NOT few @> new_few THEN
      few := ARRAY(SELECT DISTINCT unnest(few || new_few));
      IF cardinality(few) > 128 THEN
        cells := tracking_cells(few);
        few := '{}';
      END IF;
    END IF;
    RETURN;
  END IF;
  IF cells IS NULL THEN
    cells := tracking_cells(few) | new_cells;
    few := '{}';
    RETURN;
  END IF;
  known := cells || B'';
  IF new_cells IS NOT NULL THEN
    is_new := (known | new_cells) <> known;
    known := known | new_cells;
  ELSE
    FOREACH hash IN ARRAY new_few LOOP
      IF get_bit(known, (hash & 65535)::integer) = 0 THEN
        known := set_bit(known, (hash & 65535)::integer, 1);
        is_new := true;
      END IF;
    END LOOP;
  END IF;
  IF is_new THEN
    cells := known;
  END IF;
END
$$;

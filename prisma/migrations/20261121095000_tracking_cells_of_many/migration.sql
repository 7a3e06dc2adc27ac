-- Many hashes are gathered into words of 64 cells first: setting cells one by one copies all of them each time.
CREATE OR REPLACE FUNCTION tracking_cells(hashes bigint[]) RETURNS bit LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  cells bit(49152);
  hash bigint;
BEGIN
  IF cardinality(hashes) > 200 THEN
    RETURN (
      SELECT string_agg(coalesce("bits", 0)::bit(64)::text, '' ORDER BY "word")::bit(49152)
      FROM generate_series(0, 767) AS "word" LEFT JOIN (
        SELECT ((h & 65535) / 64)::integer AS "word", bit_or(1::bigint << (63 - (h & 63)::integer)) AS "bits"
        FROM unnest(hashes) AS h GROUP BY 1
      ) AS "set" USING ("word")
    );
  END IF;
  cells := repeat('0', 49152)::bit(49152);
  FOREACH hash IN ARRAY hashes LOOP
    cells := set_bit(cells, (hash & 65535)::integer, 1);
  END LOOP;
  RETURN cells;
END
$$;

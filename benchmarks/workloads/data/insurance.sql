-- The second database: social insurance, one row for each person and month, twelve months each.
-- `person_key` (id_no, place) is copied from the first database before this runs, and dropped at the end.

CREATE TABLE insurance (
    id_no    text COLLATE "C" NOT NULL,
    month    text COLLATE "C" NOT NULL,
    employer text COLLATE "C" NOT NULL,
    base     numeric(10, 2) NOT NULL,
    state    text NOT NULL
);

INSERT INTO insurance
SELECT person_key.id_no,
       '2026-' || lpad((1 + (n - 1) % 12)::text, 2, '0'),
       '91330' || lpad(holder::text, 12, '0') || substr('0123456789ABCDEFGHJKLMNPQRTUWXY', 1 + holder % 31, 1),
       3000 + n % 6000 + 0.75,
       'A' || (n % 3)::text
FROM (
    SELECT n, 1 + (n - 1) / 12 AS place,
           1 + (((n - 1) / 12) * 13 + (n - 1) % 12 / 6) % current_setting('bench.enterprises')::int AS holder
    FROM generate_series(1, current_setting('bench.insurances')::int) AS n
) AS numbered
JOIN person_key USING (place);
ALTER TABLE insurance ADD PRIMARY KEY (id_no, month);
DROP TABLE person_key;

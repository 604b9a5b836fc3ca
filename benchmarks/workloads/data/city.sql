-- The database of the city's registers: persons, enterprises, permits, departments.
-- Every value follows from its number alone, so two runs hold the same rows; texts of one column are of
-- one length, so the answers to one question have one size. `bench.persons` and its kin set the scale.
-- Keys are text in the order of code points (COLLATE "C"): every server orders by them without sorting.

CREATE TABLE person (
    id_no     text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    gender    text NOT NULL,
    born      date NOT NULL,
    phone     text NOT NULL,
    division  text COLLATE "C" NOT NULL,
    address   text NOT NULL,
    nation    text NOT NULL,
    education text NOT NULL,
    household text NOT NULL
);

-- Person n lives in division n / 5,000; the number ends with the check digit of GB 11643.
INSERT INTO person
WITH numbered AS (
    SELECT n, division, born, division || to_char(born, 'YYYYMMDD') || lpad((n % 1000)::text, 3, '0') AS stem
    FROM (
        SELECT n,
               (330100 + (n - 1) / 5000)::text AS division,
               date '1950-01-01' + ((n - 1) % 5000) * 4 AS born
        FROM generate_series(1, current_setting('bench.persons')::int) AS n
    ) AS placed
), checked AS (
    SELECT *, substr('10X98765432', 1 + (
        7 * substr(stem, 1, 1)::int + 9 * substr(stem, 2, 1)::int + 10 * substr(stem, 3, 1)::int
        + 5 * substr(stem, 4, 1)::int + 8 * substr(stem, 5, 1)::int + 4 * substr(stem, 6, 1)::int
        + 2 * substr(stem, 7, 1)::int + 1 * substr(stem, 8, 1)::int + 6 * substr(stem, 9, 1)::int
        + 3 * substr(stem, 10, 1)::int + 7 * substr(stem, 11, 1)::int + 9 * substr(stem, 12, 1)::int
        + 10 * substr(stem, 13, 1)::int + 5 * substr(stem, 14, 1)::int + 8 * substr(stem, 15, 1)::int
        + 4 * substr(stem, 16, 1)::int + 2 * substr(stem, 17, 1)::int) % 11, 1) AS digit
    FROM numbered
)
SELECT stem || digit,
       substr('赵钱孙李周吴郑王冯陈', 1 + n % 10, 1) || substr('伟芳娜敏静丽强磊军洋', 1 + n / 10 % 10, 1)
           || substr('一二三四五六七八九十', 1 + n / 100 % 10, 1),
       substr('男女', 1 + n % 2, 1),
       born,
       '1' || lpad((3800000000 + n)::text, 10, '0'),
       division,
       '浙江省金华市义乌市稠城街道' || lpad((n % 1000)::text, 3, '0') || '号',
       lpad((1 + n % 56)::text, 2, '0'),
       lpad((10 * (1 + n % 9))::text, 2, '0'),
       'H' || lpad((n / 3)::text, 8, '0')
FROM checked;
ALTER TABLE person ADD PRIMARY KEY (id_no);
CREATE INDEX person_of_division ON person (division, id_no);

CREATE TABLE enterprise (
    uscc         text COLLATE "C" NOT NULL,
    name         text NOT NULL,
    district     text COLLATE "C" NOT NULL,
    status       text COLLATE "C" NOT NULL,
    kind         text NOT NULL,
    capital      numeric(14, 2) NOT NULL,
    established  date NOT NULL,
    address      text NOT NULL,
    legal_rep_id text COLLATE "C" NOT NULL
);

-- Enterprise n stands in district n / 1,000; a fifth of each district has each status. Its representative
-- is a person of another division, far away in the table.
INSERT INTO enterprise
SELECT '91330' || lpad(n::text, 12, '0') || substr('0123456789ABCDEFGHJKLMNPQRTUWXY', 1 + n % 31, 1),
       '义乌第' || lpad(n::text, 6, '0') || '商贸有限公司',
       (330100 + (n - 1) / 1000)::text,
       'S' || (n % 5)::text,
       'K' || (n % 7)::text,
       100000 + n % 900000 + 0.25,
       date '1990-01-01' + n % 12000,
       '义乌市福田街道商城大道' || lpad((n % 1000)::text, 4, '0') || '号',
       represented.id_no
FROM generate_series(1, current_setting('bench.enterprises')::int) AS n
JOIN (SELECT id_no, row_number() OVER (ORDER BY id_no) AS place FROM person) AS represented
  ON represented.place = 1 + (n::bigint * 7919) % current_setting('bench.persons')::int;
ALTER TABLE enterprise ADD PRIMARY KEY (uscc);
CREATE INDEX enterprise_of_district ON enterprise (district, status, uscc);
ALTER TABLE enterprise ADD FOREIGN KEY (legal_rep_id) REFERENCES person;

CREATE TABLE permit (
    permit_no   text COLLATE "C" NOT NULL,
    uscc        text COLLATE "C" NOT NULL,
    kind        text NOT NULL,
    valid_until date NOT NULL
);

-- Each enterprise of the first half holds six.
INSERT INTO permit
SELECT 'P' || lpad(n::text, 9, '0'), holder.uscc, 'T' || (n % 9)::text, date '2027-01-01' + n % 3000
FROM generate_series(1, current_setting('bench.permits')::int) AS n
JOIN (SELECT uscc, row_number() OVER (ORDER BY uscc) AS place FROM enterprise) AS holder
  ON holder.place = 1 + (n - 1) / 6;
ALTER TABLE permit ADD PRIMARY KEY (permit_no);
CREATE INDEX permit_of_enterprise ON permit (uscc, permit_no);
ALTER TABLE permit ADD FOREIGN KEY (uscc) REFERENCES enterprise;

CREATE TABLE department (
    code  text COLLATE "C" PRIMARY KEY,
    name  text NOT NULL,
    phone text NOT NULL
);
INSERT INTO department
SELECT 'D' || lpad(n::text, 3, '0'), '第' || lpad(n::text, 3, '0') || '局', '0579' || lpad(n::text, 8, '0')
FROM generate_series(1, 60) AS n;

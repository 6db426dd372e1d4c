-- A patient's resources, newest first (index/newest.rs): rows for what was stored before there were such rows. The list
-- holds, for each type, the parameter of its date and that of its patient. `+ 0` keeps the index of dates out, along which
-- SQLite would look for the greatest one.
WITH dated(date, patient) AS (VALUES
  (-1391806837, 610725048),
  (2063125176, 1078243133),
  (132354142, 955572451),
  (1005140087, -1496432364),
  (1344406117, 28173402),
  (342905857, -1156526058),
  (2117653112, -1799690841),
  (-1074369911, 668675374),
  (1157034533, -124622822),
  (51225850, -612524777),
  (2070973618, 137264727),
  (2019384729, -1743825506),
  (-1634736520, 1298679805),
  (-607227504, -251194971),
  (-537261335, 673571086),
  (-519933105, -1853613796),
  (164343167, 1636250348),
  (2117030221, 305422258),
  (-1167471130, -1464765605),
  (1335236350, -1984016125),
  (1807937361, 1143581574),
  (-1622676399, -1492727162),
  (-197536792, 194638196),
  (2089022869, -1027657430),
  (-1885528300, -110694535),
  (1549620051, 570657562),
  (-1999464133, 1441842674),
  (666575802, 360025583),
  (-2011905026, 399638531),
  (45843955, -650219974),
  (685406682, 1318687863)
)
INSERT INTO ix_patient_code (param, patient, code, seq, system)
SELECT f.date, f.id,
  CASE WHEN f.hi IS NULL THEN '~'
       WHEN f.hi >= 0 THEN printf('%016x', (~f.hi) & 9223372036854775807)
       ELSE printf('%016x', (~f.hi) | (-9223372036854775807 - 1)) END,
  f.seq, 0
FROM (
  SELECT dated.date, r.id, r.seq,
    (SELECT max(d.hi + 0) FROM ix_date d WHERE d.param = dated.date AND d.seq = r.seq) AS hi
  FROM dated CROSS JOIN ix_reference r
  WHERE r.param = dated.patient AND r.type = 126823934
) f WHERE true
ON CONFLICT DO NOTHING;

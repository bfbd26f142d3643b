CREATE TABLE cases (id TEXT, rev INTEGER, changed TEXT, kind TEXT, label TEXT, risk TEXT, hit TEXT, rule TEXT);
INSERT INTO cases VALUES ('C-1', 1, '2026-04-01T06:00:00Z', 'V', 'SPECIMEN STAR', '1', 'H-1', 'Rule 31');
INSERT INTO cases VALUES ('C-1', 1, '2026-04-01T06:00:00Z', 'V', 'SPECIMEN STAR', '1', 'H-2', 'Rule 32');
INSERT INTO cases VALUES ('C-2', 4, '2026-04-01T06:01:00Z', 'V', 'SPECIMEN MOON', '2', 'H-3', 'Rule 31');
INSERT INTO cases VALUES ('C-3', 1, '2026-04-01T06:01:00Z', 'V', 'SPECIMEN SUN', '9', 'H-4', 'Rule 31');

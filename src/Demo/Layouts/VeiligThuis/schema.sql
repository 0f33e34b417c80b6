-- One wide row per dossier, dates as dd-mm-yyyy or ddmmyyyy, ja and nee, and key/value rows for whatever was added later.
CREATE TABLE dossier (
  dossiernr VARCHAR(64) PRIMARY KEY,
  bsn VARCHAR(9),
  cl_voornamen VARCHAR(200),
  cl_voorletters VARCHAR(100),
  cl_tussenvoegsel VARCHAR(100),
  cl_achternaam VARCHAR(200),
  cl_geboren VARCHAR(10),
  cl_geslacht VARCHAR(10),
  adr_straat VARCHAR(200),
  adr_nummer VARCHAR(100),
  adr_toevoeging VARCHAR(100),
  adr_postcode VARCHAR(100),
  adr_plaats VARCHAR(100),
  adr_gemeente VARCHAR(4),
  adr_geheim VARCHAR(3)
);

CREATE TABLE contactgegeven (
  dossiernr VARCHAR(64) NOT NULL REFERENCES dossier,
  sleutel VARCHAR(100) NOT NULL,
  waarde VARCHAR(200),
  PRIMARY KEY (dossiernr, sleutel)
);

CREATE TABLE gezinslid (
  volgnr INTEGER PRIMARY KEY,
  dossiernr VARCHAR(64) NOT NULL REFERENCES dossier,
  kenmerk VARCHAR(64),
  rol VARCHAR(100),
  naam VARCHAR(200),
  woont_thuis VARCHAR(3),
  gezag VARCHAR(200),
  maatregel VARCHAR(200),
  regeling VARCHAR(400),
  contactverbod VARCHAR(400),
  van VARCHAR(8),
  tot VARCHAR(8)
);

CREATE INDEX gezinslid_dossier ON gezinslid (dossiernr);

CREATE TABLE ketenpartner (
  volgnr INTEGER PRIMARY KEY,
  dossiernr VARCHAR(64) NOT NULL REFERENCES dossier,
  kenmerk VARCHAR(64),
  naam VARCHAR(200),
  soort VARCHAR(64),
  afdeling VARCHAR(200),
  contactpersoon VARCHAR(200),
  loket VARCHAR(200),
  telefoon VARCHAR(100),
  mail VARCHAR(200),
  van VARCHAR(8),
  tot VARCHAR(8),
  toestand VARCHAR(12),
  wet VARCHAR(100),
  regie VARCHAR(3),
  bevestigd VARCHAR(8)
);

CREATE INDEX ketenpartner_dossier ON ketenpartner (dossiernr);

-- The moment in UTC, lists with a bar between the texts.
CREATE TABLE crisisintake (
  volgnr INTEGER PRIMARY KEY,
  dossiernr VARCHAR(64) NOT NULL REFERENCES dossier,
  kenmerk VARCHAR(64),
  binnen VARCHAR(30),
  melder_organisatie VARCHAR(200),
  melder VARCHAR(200),
  kleur VARCHAR(8),
  criteria VARCHAR(1000),
  verhaal VARCHAR(4000),
  kinderen VARCHAR(3),
  acuut_gevaar VARCHAR(3),
  letsel VARCHAR(3),
  seksueel VARCHAR(3),
  wapen VARCHAR(3),
  pleger VARCHAR(400),
  veilige_plek VARCHAR(400),
  expertise VARCHAR(1000),
  gedaan VARCHAR(4000),
  besluit VARCHAR(1000)
);

CREATE INDEX crisisintake_dossier ON crisisintake (dossiernr);

CREATE TABLE kenmerk (
  dossiernr VARCHAR(64) NOT NULL REFERENCES dossier,
  sleutel VARCHAR(100) NOT NULL,
  waarde VARCHAR(100),
  PRIMARY KEY (dossiernr, sleutel)
);

-- A municipality's copy of the BRP: Dutch columns, dates as whole numbers yyyymmdd, codes for sex and secrecy, the address in a table of its own.
CREATE TABLE persoon (
  persoonsnummer VARCHAR(64) PRIMARY KEY,
  burgerservicenummer CHAR(9),
  voornamen VARCHAR(200),
  voorletters VARCHAR(100),
  voorvoegsel VARCHAR(100),
  geslachtsnaam VARCHAR(200),
  geboortedatum INTEGER,
  geslacht CHAR(1),
  indicatie_geheim INTEGER,
  telefoonnummer VARCHAR(100),
  emailadres VARCHAR(200),
  voorkeurstaal VARCHAR(100),
  indicatie_tolk INTEGER
);

CREATE TABLE adres (
  persoonsnummer VARCHAR(64) NOT NULL REFERENCES persoon,
  adressoort CHAR(1) NOT NULL,
  straatnaam VARCHAR(200),
  huisnummer VARCHAR(100),
  huisnummertoevoeging VARCHAR(100),
  postcode VARCHAR(100),
  woonplaats VARCHAR(100),
  gemeentecode VARCHAR(4),
  PRIMARY KEY (persoonsnummer, adressoort)
);

CREATE TABLE gezinsrelatie (
  volgnummer INTEGER PRIMARY KEY,
  persoonsnummer VARCHAR(64) NOT NULL REFERENCES persoon,
  relatienummer VARCHAR(64),
  soort VARCHAR(100),
  naam_gerelateerde VARCHAR(200),
  inwonend INTEGER,
  gezag VARCHAR(200),
  gezagsmaatregel VARCHAR(200),
  zorgregeling VARCHAR(400),
  contactbeperking VARCHAR(400),
  datum_ingang INTEGER,
  datum_einde INTEGER
);

CREATE INDEX gezinsrelatie_persoon ON gezinsrelatie (persoonsnummer);

CREATE TABLE betrokkenheid (
  volgnummer INTEGER PRIMARY KEY,
  persoonsnummer VARCHAR(64) NOT NULL REFERENCES persoon,
  kenmerk VARCHAR(64),
  organisatie VARCHAR(200),
  organisatiesoort VARCHAR(64),
  afdeling VARCHAR(200),
  contactpersoon VARCHAR(200),
  aanspreekpunt VARCHAR(200),
  telefoonnummer VARCHAR(100),
  emailadres VARCHAR(200),
  datum_ingang INTEGER,
  datum_einde INTEGER,
  status CHAR(1),
  wettelijk_kader VARCHAR(100),
  indicatie_regie INTEGER,
  datum_bevestigd INTEGER
);

CREATE INDEX betrokkenheid_persoon ON betrokkenheid (persoonsnummer);

CREATE TABLE gezinsplan (
  volgnummer INTEGER PRIMARY KEY,
  persoonsnummer VARCHAR(64) NOT NULL REFERENCES persoon,
  plannummer VARCHAR(64),
  versie INTEGER,
  status VARCHAR(64),
  leefdomein VARCHAR(100),
  doel VARCHAR(1000),
  actie VARCHAR(1000),
  actiehouder VARCHAR(200),
  datum_streef INTEGER,
  actiestatus VARCHAR(64),
  datum_evaluatie INTEGER,
  zienswijze_gezin VARCHAR(4000),
  indicatie_akkoord INTEGER
);

CREATE INDEX gezinsplan_persoon ON gezinsplan (persoonsnummer);

CREATE TABLE afscherming (
  persoonsnummer VARCHAR(64) PRIMARY KEY REFERENCES persoon,
  adres_geheim INTEGER,
  inzage_beperkt INTEGER,
  kind_maakt_bezwaar INTEGER,
  geboortedatum INTEGER,
  toestemming CHAR(1),
  risico_gewogen INTEGER,
  melder INTEGER,
  maatregel_loopt INTEGER,
  onderzoek_loopt INTEGER,
  huisverbod INTEGER,
  zvh_casus INTEGER,
  politie_vrijgave INTEGER
);

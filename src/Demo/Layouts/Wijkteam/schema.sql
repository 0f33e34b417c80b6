-- A package that grew up with a foreign supplier: English-ish names, key tables, J and N, ISO dates.
CREATE TABLE client (
  client_id VARCHAR(64) PRIMARY KEY,
  citizen_no VARCHAR(9),
  first_names VARCHAR(200),
  initials VARCHAR(100),
  name_prefix VARCHAR(100),
  last_name VARCHAR(200),
  born_on VARCHAR(10),
  sex VARCHAR(8),
  lang VARCHAR(100),
  interpreter_yn CHAR(1),
  secret_yn CHAR(1)
);

CREATE TABLE client_address (
  client_id VARCHAR(64) PRIMARY KEY REFERENCES client,
  street VARCHAR(200),
  house_no VARCHAR(100),
  house_no_suffix VARCHAR(100),
  zip VARCHAR(100),
  town VARCHAR(100),
  municipality VARCHAR(4)
);

CREATE TABLE contact_kind (
  kind_id INTEGER PRIMARY KEY,
  description VARCHAR(100) NOT NULL
);

INSERT INTO contact_kind (kind_id, description) VALUES (1, 'phone'), (2, 'email');

CREATE TABLE contact (
  client_id VARCHAR(64) NOT NULL REFERENCES client,
  kind_id INTEGER NOT NULL REFERENCES contact_kind,
  contact_value VARCHAR(200),
  PRIMARY KEY (client_id, kind_id)
);

CREATE TABLE relation_kind (
  kind_id INTEGER PRIMARY KEY,
  description VARCHAR(100) NOT NULL UNIQUE
);

CREATE TABLE relation (
  row_no INTEGER PRIMARY KEY,
  client_id VARCHAR(64) NOT NULL REFERENCES client,
  relation_ref VARCHAR(64),
  kind_id INTEGER REFERENCES relation_kind,
  other_person VARCHAR(200),
  same_house_yn CHAR(1),
  custody VARCHAR(200),
  custody_measure VARCHAR(200),
  care_plan VARCHAR(400),
  no_contact VARCHAR(400),
  from_date VARCHAR(10),
  to_date VARCHAR(10)
);

CREATE INDEX relation_client ON relation (client_id);

CREATE TABLE involved_party (
  row_no INTEGER PRIMARY KEY,
  client_id VARCHAR(64) NOT NULL REFERENCES client,
  reference VARCHAR(64),
  party_name VARCHAR(200),
  party_type VARCHAR(64),
  department VARCHAR(200),
  worker VARCHAR(200),
  desk VARCHAR(200),
  phone VARCHAR(100),
  email VARCHAR(200),
  start_date VARCHAR(10),
  end_date VARCHAR(10),
  active_yn CHAR(1),
  law VARCHAR(100),
  leads_yn CHAR(1),
  confirmed_date VARCHAR(10)
);

CREATE INDEX involved_party_client ON involved_party (client_id);

CREATE TABLE plan_step (
  row_no INTEGER PRIMARY KEY,
  client_id VARCHAR(64) NOT NULL REFERENCES client,
  plan_ref VARCHAR(64),
  plan_version INTEGER,
  plan_status VARCHAR(64),
  domain VARCHAR(100),
  goal VARCHAR(1000),
  step VARCHAR(1000),
  owner VARCHAR(200),
  due_date VARCHAR(10),
  step_status VARCHAR(64),
  review_date VARCHAR(10),
  family_view VARCHAR(4000),
  agreed_yn CHAR(1)
);

CREATE INDEX plan_step_client ON plan_step (client_id);

CREATE TABLE privacy (
  client_id VARCHAR(64) PRIMARY KEY REFERENCES client,
  address_secret_yn CHAR(1),
  inspection_restricted_yn CHAR(1),
  child_objects_yn CHAR(1),
  birth_date VARCHAR(10),
  consent_status VARCHAR(12),
  risk_assessed_yn CHAR(1),
  reporter_yn CHAR(1),
  measure_yn CHAR(1),
  investigation_yn CHAR(1),
  ban_yn CHAR(1),
  zvh_yn CHAR(1),
  police_release_yn CHAR(1)
);

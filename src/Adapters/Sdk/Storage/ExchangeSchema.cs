namespace Keten.Adapters.Sdk.Storage;

/// <summary>Tables of the involvement exchange.</summary>
internal static class ExchangeSchema
{
    public static AdapterSchema Current { get; } = new("exchange",
    [
        """
        -- What the organisation reported of each involvement last.
        CREATE TABLE involvement (
            involvement_id TEXT PRIMARY KEY,
            client_id      TEXT NOT NULL,
            subject        TEXT NOT NULL,
            purpose        TEXT NOT NULL,
            version        INTEGER NOT NULL,
            digest         BLOB NOT NULL,
            answer         TEXT            -- null: not decided yet; else the receipt's reason code
        ) STRICT;
        CREATE INDEX involvement_by_subject ON involvement (subject);

        -- Committed with the involvement; gone when the broker has it.
        CREATE TABLE outbox (
            seq            INTEGER PRIMARY KEY AUTOINCREMENT,
            event_id       TEXT NOT NULL,
            involvement_id TEXT NOT NULL,
            subject        TEXT NOT NULL,
            recorded_at    TEXT NOT NULL,
            payload        BLOB NOT NULL
        ) STRICT;

        -- What the gateway told, once each, in order of arrival.
        CREATE TABLE inbox (
            seq             INTEGER PRIMARY KEY AUTOINCREMENT,
            notification_id TEXT NOT NULL UNIQUE,
            received_at     TEXT NOT NULL,
            payload         BLOB NOT NULL
        ) STRICT;

        -- How far each partition was read, in the same transaction as the rows; last_id tells whether it is still the same topic.
        CREATE TABLE inbox_offset (
            topic       TEXT NOT NULL,
            partition   INTEGER NOT NULL,
            next_offset INTEGER NOT NULL,
            last_id     TEXT NOT NULL,
            PRIMARY KEY (topic, partition)
        ) STRICT;

        -- What arrived and could not be used, for people.
        CREATE TABLE inbox_refused (
            topic       TEXT NOT NULL,
            partition   INTEGER NOT NULL,
            offset      INTEGER NOT NULL,
            received_at TEXT NOT NULL,
            reason      TEXT NOT NULL,
            payload     BLOB
        ) STRICT;

        -- How far the case system has handled the inbox.
        CREATE TABLE inbox_mark (
            id  INTEGER PRIMARY KEY CHECK (id = 1),
            seq INTEGER NOT NULL
        ) STRICT;
        INSERT INTO inbox_mark (id, seq) VALUES (1, 0);

        CREATE TABLE pseudonym_index (
            pseudonym TEXT NOT NULL,
            client_id TEXT NOT NULL,
            PRIMARY KEY (pseudonym, client_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX pseudonym_index_by_client ON pseudonym_index (client_id);
        """,
        """
        -- Nobody learns of it (rule M4), also not by asking; once set it stays.
        ALTER TABLE involvement ADD COLUMN shielded INTEGER NOT NULL DEFAULT 0;
        """,
    ]);
}

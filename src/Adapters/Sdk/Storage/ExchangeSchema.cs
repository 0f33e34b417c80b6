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
        """
        ALTER TABLE involvement ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX involvement_by_client ON involvement (client_id);

        -- Where the versions of an erased involvement ended, under a hash of its id: should the id come back, its notifications need ids of their own.
        CREATE TABLE erased (
            involvement BLOB PRIMARY KEY,
            version     INTEGER NOT NULL,
            erased_at   TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- How far an import is, in the same transaction as its rows. Only the run that began last may go on.
        CREATE TABLE import (
            import_id    TEXT PRIMARY KEY,
            run          TEXT NOT NULL,
            position     INTEGER NOT NULL,
            sender_check BLOB NOT NULL,
            taken        INTEGER NOT NULL,
            unchanged    INTEGER NOT NULL,
            refused      INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE import_error (
            import_id   TEXT NOT NULL,
            row         INTEGER NOT NULL,
            column_name TEXT NOT NULL,
            reason      TEXT NOT NULL,
            message     TEXT NOT NULL,
            PRIMARY KEY (import_id, row)
        ) STRICT, WITHOUT ROWID;

        -- Ids outlive the notifications: a repeat may come long after its first was handled and purged.
        CREATE TABLE inbox_seen (
            notification_id TEXT PRIMARY KEY,
            received_at     TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO inbox_seen (notification_id, received_at) SELECT notification_id, received_at FROM inbox;
        ALTER TABLE inbox ADD COLUMN subject TEXT NOT NULL DEFAULT '';
        CREATE INDEX inbox_by_subject ON inbox (subject);

        -- What the webhook still has to deliver; a row goes with its 2xx. Empty and unused without a webhook.
        CREATE TABLE webhook_queue (
            seq      INTEGER PRIMARY KEY REFERENCES inbox (seq) ON DELETE CASCADE,
            subject  TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            next_at  INTEGER NOT NULL DEFAULT 0   -- Unix time in milliseconds
        ) STRICT;
        CREATE INDEX webhook_queue_by_subject ON webhook_queue (subject, seq);
        CREATE TABLE webhook_mark (
            id  INTEGER PRIMARY KEY CHECK (id = 1),
            seq INTEGER NOT NULL                 -- Up to here the inbox was queued.
        ) STRICT;

        -- Copies of other organisations' name and address data, and the question they are read with.
        CREATE TABLE kept_person (
            client_id  TEXT NOT NULL,
            source_oin TEXT NOT NULL,
            purpose    TEXT NOT NULL,
            subject    TEXT NOT NULL,
            request    BLOB NOT NULL,
            person     BLOB NOT NULL,
            terms      BLOB NOT NULL,
            read_at    TEXT NOT NULL,
            delete_at  TEXT,
            PRIMARY KEY (client_id, source_oin, purpose)
        ) STRICT;
        """,
        """
        -- The person's pseudonym under the federation's other key, while two are in use: the involvement is reported under both.
        ALTER TABLE involvement ADD COLUMN other_subject TEXT NOT NULL DEFAULT '';
        CREATE INDEX involvement_by_other_subject ON involvement (other_subject) WHERE other_subject <> '';
        """,
        """
        -- When it ended, or its start was refused, as Unix time in milliseconds, until the broker was told to forget it: then null again. What ended before this column counts from now.
        ALTER TABLE involvement ADD COLUMN ended_at INTEGER;
        UPDATE involvement SET ended_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000 WHERE ended = 1;
        CREATE INDEX involvement_by_end ON involvement (ended_at) WHERE ended_at IS NOT NULL;
        """,
    ]);
}

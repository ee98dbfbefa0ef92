//! What was received, in SQLite: a batch is there as a whole or not at all, and before it is answered.

use std::path::Path;
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OpenFlags, Result, Transaction, params};
use serde::Serialize;

use crate::batch::{Taken, since_1970};
use crate::error::Error;
use crate::limits::{QUARANTINE, STORE_WAIT};

/// The version of the tables, in SQLite's `user_version`.
const VERSION: i32 = 1;

const TABLES: &str = "
    CREATE TABLE events (
        seq INTEGER PRIMARY KEY,
        id BLOB NOT NULL UNIQUE,
        received INTEGER NOT NULL,
        at INTEGER NOT NULL,
        event TEXT NOT NULL,
        kind TEXT NOT NULL,
        app TEXT,
        version TEXT,
        install_id TEXT,
        invocation_id TEXT,
        outcome TEXT,
        is_error INTEGER,
        duration_ns INTEGER,
        reason TEXT,
        lost INTEGER,
        sender TEXT,
        body TEXT NOT NULL
    );
    CREATE INDEX events_of_install ON events (install_id);
    CREATE INDEX events_by_name ON events (event, kind, duration_ns);
    CREATE TABLE quarantine (
        seq INTEGER PRIMARY KEY,
        key BLOB NOT NULL UNIQUE,
        received INTEGER NOT NULL,
        reason TEXT NOT NULL,
        detail TEXT NOT NULL,
        install_id TEXT,
        sender TEXT,
        body TEXT
    );
    CREATE TABLE totals (name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
";

/// How many events came to what, since the store was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Stored as events. `received` would be this, `duplicates` and `quarantined` together.
    pub stored: u64,
    /// Came again, and were not stored again.
    pub duplicates: u64,
    /// Kept apart, with a reason.
    pub quarantined: u64,
    /// Removed because somebody asked for it.
    pub deleted: u64,
    /// Removed because they were older than what is kept.
    pub expired: u64,
    /// Removed because there was no more room.
    pub crowded_out: u64,
    /// Data points that became part of the tables file.
    pub points: u64,
    /// Data points, spans and log records that were told as rejected.
    pub rejected: u64,
}

impl Counts {
    fn named(&mut self) -> [(&'static str, &mut u64); 8] {
        [
            ("stored", &mut self.stored),
            ("duplicates", &mut self.duplicates),
            ("quarantined", &mut self.quarantined),
            ("deleted", &mut self.deleted),
            ("expired", &mut self.expired),
            ("crowded_out", &mut self.crowded_out),
            ("points", &mut self.points),
            ("rejected", &mut self.rejected),
        ]
    }
}

/// How much is kept.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bounds {
    pub(crate) age: Option<Duration>,
    pub(crate) bytes: Option<u64>,
}

/// An event as it was stored.
#[derive(Debug)]
pub(crate) struct Last {
    /// Milliseconds since 1970.
    pub(crate) received: i64,
    pub(crate) event: String,
    pub(crate) kind: String,
    /// With its version.
    pub(crate) program: String,
    pub(crate) outcome: Option<String>,
    pub(crate) body: String,
    pub(crate) seq: i64,
}

#[derive(Debug)]
pub(crate) struct Store {
    connection: Connection,
    bounds: Bounds,
    counts: Counts,
}

impl Store {
    /// Opens a file, which is created (readable by its owner alone) if need be; without one, a store in memory.
    pub(crate) fn open(path: Option<&Path>, bounds: Bounds) -> std::result::Result<Self, Error> {
        let Some(path) = path else {
            let opened = Connection::open_in_memory().and_then(|connection| Self::prepare(connection, bounds));
            return opened.map_err(|why| Error::new("the store in memory", why));
        };
        let subject = format!("the store {}", path.display());
        create(path).map_err(|why| Error::new(&subject, why))?;
        let opened = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE);
        let connection = opened.map_err(|why| Error::new(&subject, why))?;
        if version(&connection).map_err(|why| Error::new(&subject, why))? != 0 || has_tables(&connection) {
            check_version(&connection).map_err(|why| Error::new(&subject, why))?;
        }
        Self::prepare(connection, bounds).map_err(|why| Error::new(&subject, why))
    }

    fn prepare(connection: Connection, bounds: Bounds) -> Result<Self> {
        connection.busy_timeout(STORE_WAIT)?;
        // The first one counts only before there are tables. What is deleted is overwritten, and a commit is on the disk.
        connection.execute_batch(
            "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 1048576; PRAGMA cache_size = -8192;",
        )?;
        let mut store = Self { connection, bounds, counts: Counts::default() };
        let change = store.connection.transaction()?;
        if version(&change)? == 0 {
            change.execute_batch(TABLES)?;
            change.pragma_update(None, "user_version", VERSION)?;
        }
        for (name, count) in store.counts.named() {
            *count = total(&change, name)?;
        }
        change.commit()?;
        store.sweep(SystemTime::now())?;
        Ok(store)
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    pub(crate) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// The last so many events, the last one first.
    pub(crate) fn last(&self, most: usize) -> Result<Vec<Last>> {
        let sql =
            "SELECT received, event, kind, app, version, outcome, body, seq FROM events ORDER BY seq DESC LIMIT ?1";
        let row = |row: &rusqlite::Row<'_>| {
            let program =
                [row.get::<_, Option<String>>(3)?, row.get(4)?].into_iter().flatten().collect::<Vec<_>>().join(" ");
            let (received, event, kind) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Last { received, event, kind, program, outcome: row.get(5)?, body: row.get(6)?, seq: row.get(7)? })
        };
        self.connection.prepare(sql)?.query_map([most], row)?.collect()
    }

    /// Stores a batch: all of it, or on an error nothing. Returns the events that were new.
    pub(crate) fn add(
        &mut self,
        batch: impl Iterator<Item = Taken>,
        sender: Option<&str>,
        received: SystemTime,
    ) -> Result<Vec<String>> {
        let received = since_1970(received);
        let mut stored = Vec::new();
        let bounds = self.bounds;
        self.change(|change, counts| {
            let mut events = change.prepare(
                "INSERT INTO events (id, received, at, event, kind, app, version, install_id, invocation_id, outcome, is_error,
                     duration_ns, reason, lost, sender, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) ON CONFLICT (id) DO NOTHING",
            )?;
            let mut quarantine = change.prepare(
                "INSERT INTO quarantine (key, received, reason, detail, install_id, sender, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (key) DO NOTHING",
            )?;
            for taken in batch {
                let is_new = match &taken {
                    Taken::Event(event) => events.execute(params![
                        event.id.as_bytes(),
                        received,
                        event.at,
                        event.name,
                        event.kind,
                        event.app,
                        event.version,
                        event.install_id,
                        event.invocation_id,
                        event.outcome,
                        event.is_error,
                        event.duration_ns,
                        event.reason,
                        event.lost,
                        sender,
                        event.body,
                    ]),
                    Taken::Quarantined(it) => {
                        let reason = it.reason.as_str();
                        quarantine.execute(params![it.key, received, reason, it.detail, it.install_id, sender, it.body])
                    }
                };
                match (is_new? > 0, taken) {
                    (false, _) => counts.duplicates += 1,
                    (true, Taken::Event(event)) => {
                        counts.stored += 1;
                        stored.push(event.body);
                    }
                    (true, Taken::Quarantined(_)) => counts.quarantined += 1,
                }
            }
            counts.crowded_out += make_room(change, bounds)?;
            Ok(())
        })?;
        if bounds.bytes.is_some() {
            self.shrink()?;
        }
        Ok(stored)
    }

    /// Removes what is stored under an install id, from the disk too.
    pub(crate) fn delete(&mut self, install_id: &str) -> Result<()> {
        self.change(|change, counts| {
            counts.deleted += removed(change.execute("DELETE FROM events WHERE install_id = ?1", [install_id])?);
            let apart = "DELETE FROM quarantine WHERE install_id = ?1 OR instr(lower(body), ?1) > 0";
            counts.deleted += removed(change.execute(apart, [install_id])?);
            Ok(())
        })?;
        self.shrink()
    }

    /// Notes what came over OTLP.
    pub(crate) fn note(&mut self, points: u64, rejected: u64) -> Result<()> {
        self.change(|_, counts| {
            counts.points += points;
            counts.rejected += rejected;
            Ok(())
        })
    }

    /// Removes what is too old, and what there is no room for.
    pub(crate) fn sweep(&mut self, now: SystemTime) -> Result<()> {
        let bounds = self.bounds;
        let before = bounds.age.map(|age| since_1970(now.checked_sub(age).unwrap_or(SystemTime::UNIX_EPOCH)));
        self.change(|change, counts| {
            if let Some(before) = before {
                counts.expired += removed(change.execute("DELETE FROM events WHERE received < ?1", [before])?);
                counts.expired += removed(change.execute("DELETE FROM quarantine WHERE received < ?1", [before])?);
            }
            counts.crowded_out += make_room(change, bounds)?;
            Ok(())
        })?;
        self.shrink()
    }

    /// A change and the counts that go with it, in one step.
    fn change(&mut self, make: impl FnOnce(&Transaction<'_>, &mut Counts) -> Result<()>) -> Result<()> {
        let mut counts = self.counts;
        let change = self.connection.transaction()?;
        make(&change, &mut counts)?;
        for ((name, count), (_, before)) in counts.named().into_iter().zip(self.counts.named()) {
            if count != before {
                // Another process may count in the same store.
                let add = "INSERT INTO totals VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET count = count + excluded.count";
                change.execute(add, params![name, i64::try_from(count.saturating_sub(*before)).unwrap_or(i64::MAX)])?;
            }
        }
        change.commit()?;
        self.counts = counts;
        Ok(())
    }

    /// Gives back the room of what was removed, and empties the log that it is still in. Somebody who is reading keeps the log; the
    /// next time is soon.
    fn shrink(&mut self) -> Result<()> {
        // A page a row.
        let mut vacuum = self.connection.prepare("PRAGMA incremental_vacuum")?;
        let mut pages = vacuum.query([])?;
        while pages.next()?.is_some() {}
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }
}

/// Opens a store to be read, while another process may write.
pub(crate) fn open_to_read(path: &Path) -> std::result::Result<Connection, Error> {
    let subject = format!("the store {}", path.display());
    // Opened for writing, so that a log that a killed process left can be read too.
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE);
    let connection = connection.map_err(|why| Error::new(&subject, why))?;
    connection.busy_timeout(STORE_WAIT).map_err(|why| Error::new(&subject, why))?;
    check_version(&connection).map_err(|why| Error::new(&subject, why))?;
    Ok(connection)
}

pub(crate) fn total(connection: &Connection, name: &str) -> Result<u64> {
    let count = connection.query_row("SELECT count FROM totals WHERE name = ?1", [name], |row| row.get::<_, i64>(0));
    match count {
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(0),
        count => Ok(count?.try_into().unwrap_or(0)),
    }
}

fn version(connection: &Connection) -> Result<i32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn has_tables(connection: &Connection) -> bool {
    connection.query_row("SELECT count(*) > 0 FROM sqlite_schema", [], |row| row.get(0)).unwrap_or(true)
}

fn check_version(connection: &Connection) -> std::result::Result<(), String> {
    match version(connection).map_err(|why| why.to_string())? {
        VERSION => Ok(()),
        0 => Err("is a database, but none of a receiver's".into()),
        other => Err(format!("has version {other}, and this receiver knows {VERSION}")),
    }
}

/// Makes an empty file that its owner alone can read, unless there is one.
fn create(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Removes the oldest until the rest is within its bounds: first what was kept apart, then events.
fn make_room(change: &Transaction<'_>, bounds: Bounds) -> Result<u64> {
    let last = "DELETE FROM quarantine WHERE seq <= (SELECT seq FROM quarantine ORDER BY seq DESC LIMIT 1 OFFSET ?1)";
    let mut gone = removed(change.execute(last, [QUARANTINE])?);
    let Some(most) = bounds.bytes else { return Ok(gone) };
    while used_bytes(change)? > most {
        let mut freed = change.execute(&remove_oldest("quarantine"), [])?;
        if freed == 0 {
            freed = change.execute(&remove_oldest("events"), [])?;
        }
        if freed == 0 {
            break;
        }
        gone += removed(freed);
    }
    Ok(gone)
}

/// A twentieth, and at least one.
fn remove_oldest(table: &str) -> String {
    format!(
        "DELETE FROM {table} WHERE seq IN (
             SELECT seq FROM {table} ORDER BY seq LIMIT (SELECT count(*) / 20 + 1 FROM {table}))"
    )
}

fn used_bytes(connection: &Connection) -> Result<u64> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let pages = pragma("page_count")? - pragma("freelist_count")?;
    Ok((pages * pragma("page_size")?).try_into().unwrap_or(0))
}

fn removed(rows: usize) -> u64 {
    rows.try_into().unwrap_or(u64::MAX)
}

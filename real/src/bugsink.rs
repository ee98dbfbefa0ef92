//! Bugsink: a self-hosted error tracker that takes Sentry's envelopes. What it keeps is asked of its database.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use serde_json::Value;

use crate::process::{self, Server, free_address};

/// One of them, which runs.
pub struct Bugsink {
    /// Where it listens.
    pub addr: SocketAddr,
    key: String,
    python: PathBuf,
    folder: PathBuf,
    _server: Server,
}

/// What is asked of one.
#[derive(Clone, Copy)]
pub struct Asked {
    /// Whether it takes nothing but what Sentry's schema of events has.
    pub is_strict: bool,
    /// How many events it takes in five minutes.
    pub most: u32,
}

impl Asked {
    /// As Sentry itself is.
    pub const LENIENT: Self = Self { is_strict: false, most: 100_000 };
}

fn scripts() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/python")
}

/// A command of its own Python, which finds its settings.
fn command(python: &Path, folder: &Path) -> Command {
    let mut command = Command::new(python);
    command.env("DJANGO_SETTINGS_MODULE", "bugsink_conf").env("BUGSINK_FOLDER", folder);
    command.env("PYTHONPATH", scripts()).env("PYTHONDONTWRITEBYTECODE", "1").current_dir(folder);
    command
}

/// An empty database with a project in it, made once: its tables take five seconds.
fn prepare(python: &Path, all: &Path) -> anyhow::Result<PathBuf> {
    let folder = all.join("bugsink-empty");
    if !folder.join("key").is_file() {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let manage = python.with_file_name("bugsink-manage");
        let run = |arguments: &[&str]| process::output(command(python, &folder).arg(&manage).args(arguments), b"");
        run(&["migrate"])?;
        run(&["migrate", "snappea", "--database=snappea"])?;
        let project = "from projects.models import Project\n\
             project, _ = Project.objects.get_or_create(name='real')\n\
             print(project.sentry_key.hex)";
        let said = run(&["shell", "--command", project])?;
        fs::write(folder.join("key"), said.lines().last().context("a key")?)?;
    }
    Ok(folder)
}

impl Bugsink {
    /// Starts one with an empty database. `all` is where what takes long is kept.
    pub fn start(python: &Path, all: &Path, folder: PathBuf, asked: Asked) -> anyhow::Result<Self> {
        let empty = prepare(python, all)?;
        fs::create_dir_all(&folder)?;
        for file in ["db.sqlite3", "snappea.sqlite3"] {
            fs::copy(empty.join(file), folder.join(file))?;
        }
        let addr = free_address()?;
        let bind = addr.to_string();
        let mut gunicorn = command(python, &folder);
        gunicorn.arg(python.with_file_name("gunicorn"));
        gunicorn.args(["--no-control-socket", "--bind", &bind, "--workers", "1", "--threads", "2", "bugsink.wsgi"]);
        gunicorn.env("BUGSINK_URL", format!("http://{addr}")).env("BUGSINK_MOST", asked.most.to_string());
        gunicorn.env("BUGSINK_VALIDATES", if asked.is_strict { "strict" } else { "none" });
        let server = Server::start(&mut gunicorn, &folder.join("log"), addr)?;
        let key = fs::read_to_string(empty.join("key"))?;
        Ok(Self { addr, key, python: python.to_owned(), folder, _server: server })
    }

    /// Its DSN, if it is at this address, which may be that of something before it.
    pub fn dsn(&self, addr: SocketAddr) -> String {
        format!("http://{}@{addr}/1", self.key)
    }

    /// What it has: a list of `events`, and one of `issues`.
    pub fn rows(&self) -> anyhow::Result<Value> {
        let mut python = Command::new(&self.python);
        python.arg(Path::new(scripts()).join("bugsink_events.py")).arg(self.folder.join("db.sqlite3"));
        Ok(serde_json::from_str(&process::output(&mut python, b"")?)?)
    }

    /// The ids of the events that it has, as they are on the wire: 32 digits.
    pub fn ids(&self) -> anyhow::Result<Vec<String>> {
        let rows = self.rows()?;
        let events = rows["events"].as_array().map_or(&[][..], Vec::as_slice);
        Ok(events.iter().filter_map(|event| event["event_id"].as_str()).map(|id| id.replace('-', "")).collect())
    }

    /// What it said.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

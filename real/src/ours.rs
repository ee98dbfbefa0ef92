//! The program whose events are sent, and what is known of them without any receiver.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, ensure};
use serde_json::Value;

/// The sink that the program is to have.
#[derive(Clone, Debug, Default)]
pub struct Sink {
    /// Which: see the program.
    pub kind: &'static str,
    /// Where the receiver is.
    pub url: String,
    /// Its key, if it has one beside the URL.
    pub key: String,
    /// What else is asked for.
    pub options: Vec<&'static str>,
    /// What is in its environment; nothing else is.
    pub vars: Vec<(&'static str, String)>,
}

impl Sink {
    /// One of a kind.
    pub fn new(kind: &'static str, url: impl Into<String>) -> Self {
        Self { kind, url: url.into(), key: "the-key".into(), ..Self::default() }
    }

    /// With something more.
    pub fn with(mut self, option: &'static str) -> Self {
        self.options.push(option);
        self
    }

    /// With a variable.
    pub fn var(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.vars.push((name, value.into()));
        self
    }
}

/// The program, which runs.
pub struct Ours {
    child: Child,
    told: Option<ChildStdin>,
    says: BufReader<ChildStdout>,
}

/// Another program of this package.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(name))
}

impl Ours {
    /// Starts it with a folder for what it keeps.
    pub fn start(sink: &Sink, state: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(program("ours")?);
        command.args([sink.kind, &sink.url, &sink.key]).arg(state).args(&sink.options);
        fs::create_dir_all(state)?;
        command.env_clear().envs(sink.vars.iter().map(|(name, value)| (*name, value))).current_dir(state);
        let errors = fs::File::options().append(true).create(true).open(state.join("errors"))?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors);
        let mut child = command.spawn()?;
        let told = child.stdin.take();
        let says = BufReader::new(child.stdout.take().context("a pipe")?);
        Ok(Self { child, told, says })
    }

    /// Tells it something, and says what it answered.
    pub fn tell(&mut self, word: &str) -> anyhow::Result<String> {
        let told = self.told.as_mut().context("it has ended")?;
        writeln!(told, "{word}")?;
        let mut line = String::new();
        self.says.read_line(&mut line)?;
        ensure!(!line.is_empty(), "it ended when it was told: {word}");
        Ok(line.trim_end().to_owned())
    }

    /// Tells it several things, a word or two each.
    pub fn tell_all(&mut self, words: &[&str]) -> anyhow::Result<()> {
        words.iter().try_for_each(|word| self.tell(word).map(drop))
    }

    /// Has it deliver all that it has.
    pub fn deliver(&mut self) -> anyhow::Result<()> {
        let said = self.tell("flush 20")?;
        ensure!(said == "ok", "not delivered: {said}; {}", self.tell("status")?);
        Ok(())
    }

    /// The books.
    pub fn status(&mut self) -> anyhow::Result<Value> {
        Ok(serde_json::from_str(&self.tell("status")?)?)
    }

    /// Has it end; it has to end well.
    pub fn end(mut self) -> anyhow::Result<()> {
        drop(self.told.take());
        let status = self.child.wait()?;
        ensure!(status.success(), "it ended with {status}");
        Ok(())
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// All events that the program recorded, from the file that it writes beside.
pub fn recorded(state: &Path) -> anyhow::Result<Vec<Value>> {
    let lines = fs::read_to_string(state.join("events")).context("no events were written")?;
    lines.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// The ids of those of the given kinds, sorted.
pub fn ids(events: &[Value], kinds: &[&str]) -> Vec<String> {
    let of_kind = events.iter().filter(|event| event["kind"].as_str().is_some_and(|kind| kinds.contains(&kind)));
    let mut ids: Vec<_> = of_kind.filter_map(|event| event["id"].as_str()).map(str::to_owned).collect();
    ids.sort();
    ids
}

/// That two lists of ids are the same, each once; says how many there are.
pub fn same_ids(mut has: Vec<String>, wants: &[String]) -> anyhow::Result<usize> {
    has.sort();
    let missing = wants.iter().filter(|id| !has.contains(id)).count();
    let twice = has.windows(2).filter(|two| two[0] == two[1]).count();
    let unknown = has.iter().filter(|id| !wants.contains(id)).count();
    ensure!(
        missing + twice + unknown == 0,
        "of {} events {missing} are missing; {twice} came twice, {unknown} are not ours",
        wants.len()
    );
    ensure!(!wants.is_empty(), "there are none");
    Ok(wants.len())
}

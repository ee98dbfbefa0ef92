//! What a user may ask of a program's telemetry: to see it, to turn it on and off, to have it forgotten.
//!
//! A program offers this as a command of its own, and has not started telemetry for it. Nothing here records or sends, but for
//! [`Control::forget`], which asks receivers to delete and asks them nothing else.

#[cfg(feature = "page")]
mod page;

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::asked::Asked;
use crate::catalogue::Catalogue;
use crate::error::StartError;
use crate::format::Track;
use crate::level::Level;
use crate::loss::Counts;
use crate::recording::{self, Deletions, Purge};
use crate::resolve::Decision;
use crate::settings::Settings;
use crate::sink::Sink;
use crate::status::RequiredUsage;

/// What a user may ask of the telemetry of a program that has not started it. Made by [`Builder::control`](crate::Builder::control).
///
/// ```no_run
/// use std::time::Duration;
/// use telemetry_runtime::{Telemetry, app, sink};
///
/// # fn answer(word: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let control = Telemetry::builder(app!()).sink(sink::Json::new("https://telemetry.example.org/v1/events")).control();
/// match word {
///     "status" => println!("{}", control.status()),
///     "enable" => println!("{}", control.enable()?),
///     "disable" => println!("{}", control.disable()?),
///     "log" => control.log(&mut std::io::stdout())?,
///     "catalogue" => print!("{}", control.catalogue().to_markdown()),
///     "reset" => println!("{}", control.reset()?),
///     "forget" => println!("{}", control.forget(Duration::from_secs(30))?),
///     _ => eprintln!("status, enable, disable, log, catalogue, reset or forget"),
/// }
/// # Ok(())
/// # }
/// ```
///
/// A clap program has all of that from `TelemetryCommand`.
pub struct Control<'a> {
    asked: Asked,
    /// What the program's author must mend.
    problem: Option<StartError>,
    /// What turns telemetry on: the program's default, if that is something.
    on: Level,
    error_texts: Option<String>,
    catalogue: Catalogue,
    late: Cell<Option<MakeSinks<'a>>>,
    required: Option<Required>,
    sinks: OnceCell<Result<Vec<Sink>, StartError>>,
}

/// What is reported whatever is asked here: what users are told of it, the name of its sink, and what it has positions in the spool for.
pub(crate) type Required = (RequiredUsage, String, Vec<Track>);

/// Sinks are made when they are asked for: to turn telemetry off, nothing of them is needed.
pub(crate) type MakeSinks<'a> = Box<dyn FnOnce() -> Result<Vec<Sink>, StartError> + 'a>;

impl fmt::Debug for Control<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("asked", &self.asked).finish_non_exhaustive()
    }
}

impl<'a> Control<'a> {
    pub(crate) fn new(
        asked: Asked,
        problem: Option<StartError>,
        error_texts: Option<String>,
        catalogue: Catalogue,
        sinks: MakeSinks<'a>,
        required: Option<Required>,
    ) -> Self {
        let on = if asked.default == Level::None { Level::All } else { asked.default };
        let (late, sinks) = (Cell::new(Some(sinks)), OnceCell::new());
        Self { asked, problem, on, error_texts, catalogue, late, required, sinks }
    }

    fn make_sinks(&self) -> &Result<Vec<Sink>, StartError> {
        self.sinks.get_or_init(|| self.late.take().map_or_else(|| Ok(Vec::new()), |make| make()))
    }

    fn sinks(&self) -> &[Sink] {
        self.make_sinks().as_ref().map_or(&[], Vec::as_slice)
    }

    /// What telemetry does in a run of this program that starts now, and why: decided as such a run decides it.
    #[must_use]
    pub fn status(&self) -> ControlStatus {
        let answer = self.asked.decide(&|| self.catalogue.lines());
        let (mut decision, mut problems) = (answer.decision, Vec::from_iter(answer.problem));
        // Where nothing goes out, there is no need to ask the program where it would go.
        let is_off = decision.level() == Level::None;
        let sinks = if is_off { &[] } else { self.sinks() };
        let misnamed = if is_off { None } else { self.make_sinks().as_ref().err().cloned() };
        let fault = self.problem.clone().or(misnamed).or_else(|| recording::check_sinks(sinks).err());
        if let Some(fault) = fault {
            decision.give_up(&fault);
            problems.push(fault);
        }
        let tracks = recording::tracks(sinks);
        let (waiting, waiting_bytes) = recording::waiting(&self.asked.state, &tracks);
        ControlStatus {
            decision,
            problems,
            settings: self.asked.state.settings_path(),
            error_texts: self.error_texts.clone(),
            install_id: recording::install_id(&self.asked.state),
            waiting,
            waiting_bytes,
            totals: recording::totals(&self.asked.state, &tracks),
            sinks: sinks.iter().map(|sink| (sink.name().to_owned(), recording::address(sink))).collect(),
            answers: recording::last_answers(&self.asked.state),
            required: self.required.as_ref().map(|(required, name, tracks)| {
                let state = self.asked.state.required();
                let (waiting, _) = recording::waiting(&state, tracks);
                (required.clone(), waiting, recording::last_answers(&state).remove(name))
            }),
        }
    }

    /// What is to be said of required usage where a user may think that everything is off.
    fn note_of_required(&self) -> Option<String> {
        let (RequiredUsage { address, .. }, _, tracks) = self.required.as_ref()?;
        let (waiting, _) = recording::waiting(&self.asked.state.required(), tracks);
        let is_kept = if waiting == 0 { String::new() } else { format!("; {waiting} reports that wait are kept") };
        Some(format!("required usage is reported to {address} all the same{is_kept}"))
    }

    /// Everything that the program can send.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Turns telemetry on, for the profile if the program has named one, and takes that as consent to the catalogue as it is now. What
    /// is set by a flag or a variable still goes before it.
    ///
    /// # Errors
    ///
    /// The setting cannot be written.
    pub fn enable(&self) -> io::Result<Changed> {
        self.change(self.on, |settings| {
            if self.asked.ask_to_tell.is_some() {
                settings.agree(&self.catalogue.lines());
            }
        })?;
        let mut changed = self.changed("telemetry is turned on".into(), Vec::new());
        if changed.decision.level() == Level::None {
            changed.done.push_str(" in the settings, but nothing is collected: something else turns it off");
        }
        Ok(changed)
    }

    /// Turns telemetry off, for the profile if the program has named one, and deletes what waits, what was noted of requests, and the
    /// install id, of all profiles; sends nothing. Runs of the program that go on meanwhile send nothing more either: they see it before each
    /// request. [Required usage](crate::Builder::required_usage) is left alone.
    ///
    /// # Errors
    ///
    /// The setting cannot be written. What was kept is deleted all the same.
    pub fn disable(&self) -> io::Result<Changed> {
        let notes = self.purge(Some(Level::None), Purge::All)?;
        Ok(self.changed("telemetry is turned off, and what was kept is deleted".into(), notes))
    }

    /// Has the next run make a new install id, and deletes what waits under the one that was; sends nothing. Runs of the program that go
    /// on meanwhile record nothing more.
    ///
    /// # Errors
    ///
    /// The settings cannot be written, by which running programs see it. What was kept is deleted all the same.
    pub fn reset(&self) -> io::Result<Changed> {
        let notes = self.purge(None, Purge::Reset)?;
        Ok(self.changed("the install id and what waited under it are deleted".into(), notes))
    }

    /// Tells what was sent, the oldest first, and required usage behind all else: when, where to, the body byte for byte, and what was answered.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read, or `to` cannot be written to.
    pub fn log(&self, to: &mut dyn io::Write) -> io::Result<()> {
        let is_any = recording::replay(&self.asked.state, to)? | recording::replay(&self.asked.state.required(), to)?;
        if is_any { Ok(()) } else { writeln!(to, "nothing was sent") }
    }

    /// Turns telemetry off as [`disable`](Self::disable) does, and asks each receiver that can to delete what it has of this
    /// installation, for no longer than `timeout` together. Nothing else is sent. Whoever cannot be reached is remembered, and asked
    /// again by the next call.
    ///
    /// # Errors
    ///
    /// A receiver did not agree, or something could not be written. What was kept here is deleted all the same.
    pub fn forget(&self, timeout: Duration) -> Result<Receipt, ForgetError> {
        let id = recording::install_id(&self.asked.state);
        // Remembered before the id goes, so that it can be asked for again.
        let noted = recording::note_deletions(&self.asked.state, self.sinks(), id.as_deref());
        let purged = self.purge(Some(Level::None), Purge::All);
        let deletions = if noted.is_ok() {
            recording::delete(&self.asked.state, self.sinks(), timeout)
        } else {
            Ok(Deletions::default())
        };
        let kept =
            noted.err().or_else(|| purged.as_ref().err().map(|error| io::Error::new(error.kind(), error.to_string())));
        let (deletions, kept) = match deletions {
            Ok(deletions) => (deletions, kept),
            Err(error) => (Deletions::default(), kept.or(Some(error))),
        };
        let receipt = Receipt { had_id: id.is_some(), notes: purged.unwrap_or_default(), agreed: deletions.agreed };
        if deletions.failed.is_empty() && kept.is_none() {
            Ok(receipt)
        } else {
            Err(ForgetError { receipt, failed: deletions.failed, unwritten: kept.map(|error| error.to_string()) })
        }
    }

    /// What the user has chosen so far. A file that says nothing that can be understood is to be replaced, and may have been a refusal:
    /// so it stays one for whatever is not chosen now.
    fn chosen(&self) -> Settings {
        let refused = |_| Settings { level: Some(Level::None), ..Settings::default() };
        self.asked.state.settings().unwrap_or_else(refused)
    }

    /// Writes what was chosen.
    fn change(&self, level: Level, and: impl FnOnce(&mut Settings)) -> io::Result<()> {
        let mut settings = self.chosen();
        settings.choose(self.asked.profile.as_deref(), level);
        and(&mut settings);
        self.asked.state.store(&settings)
    }

    /// Deletes what is kept, and says what else there is to say.
    fn purge(&self, level: Option<Level>, what: Purge) -> io::Result<Vec<String>> {
        let (events, _) = recording::waiting(&self.asked.state, &[]);
        let mut settings = self.chosen();
        if let Some(level) = level {
            settings.choose(self.asked.profile.as_deref(), level);
        }
        settings.purged = Some(recording::purge_of(events));
        // First said, so that whoever runs and makes a file meanwhile sees it, and then done, even if it could not be said.
        let said = self.asked.state.store(&settings);
        let left = recording::purge(&self.asked.state, what);
        said?;
        let mut notes = vec![format!("{events} events that waited are deleted")];
        if left > 0 {
            notes.push(format!("{left} files could not be deleted"));
        }
        notes.extend(self.note_of_required());
        Ok(notes)
    }

    fn changed(&self, done: String, notes: Vec<String>) -> Changed {
        Changed { done, notes, decision: self.asked.decide(&|| self.catalogue.lines()).decision }
    }
}

/// What telemetry does in a run that starts now. Shown, it is what a user reads.
#[derive(Clone, Debug)]
pub struct ControlStatus {
    decision: Decision,
    problems: Vec<StartError>,
    settings: Option<PathBuf>,
    error_texts: Option<String>,
    install_id: Option<String>,
    waiting: u64,
    waiting_bytes: u64,
    totals: Option<Counts>,
    sinks: Vec<(String, String)>,
    answers: BTreeMap<String, String>,
    /// … how many reports wait, and what was last answered.
    required: Option<(RequiredUsage, u64, Option<String>)>,
}

impl ControlStatus {
    /// The decision that a run would come to.
    #[must_use]
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// What is wrong with what the program or the user set.
    #[must_use]
    pub fn problems(&self) -> &[StartError] {
        &self.problems
    }

    /// How many events wait to be delivered.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.waiting
    }

    /// What became of all events that were kept here since they were last deleted; `None` where nothing was. With several sinks, each
    /// delivery of an event counts.
    #[must_use]
    pub fn totals(&self) -> Option<Counts> {
        self.totals
    }

    /// What a sink last answered, and when, as `answered 200, 2026-11-21T06:00:00.123456Z`; `None` if nothing is known of it.
    #[must_use]
    pub fn last_answer(&self, sink: &str) -> Option<&str> {
        self.answers.get(sink).map(String::as_str)
    }

    /// The sinks by name, and where each sends to, without secrets; none at level `none`.
    pub fn sinks(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sinks.iter().map(|(name, address)| (name.as_str(), address.as_str()))
    }
}

impl fmt::Display for ControlStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decision.fmt(f)?;
        match &self.settings {
            Some(path) => write!(f, "\nsettings: {}", path.display())?,
            None => f.write_str("\nsettings: none, there is no folder for them")?,
        }
        write!(f, "\ninstall id: {}", self.install_id.as_deref().unwrap_or("none is kept"))?;
        write!(f, "\nwaiting: {} events in {} bytes", self.waiting, self.waiting_bytes)?;
        if let Some(totals) = &self.totals {
            write!(f, "\nall runs: {totals}")?;
        }
        if let Some(said) = &self.error_texts {
            write!(f, "\nerror texts: recorded, and what panics say, because of {said}")?;
        }
        for (name, address) in self.sinks() {
            let answer = self.last_answer(name).unwrap_or("nothing sent yet");
            write!(f, "\nsink {name}: {address}; {answer}")?;
        }
        let (is_off, mut else_) = (self.decision.level() == Level::None, "");
        if let Some((required, waiting, said)) = &self.required {
            write!(f, "\n{required}; {waiting} reports wait; {}", said.as_deref().unwrap_or("nothing sent yet"))?;
            else_ = if required.held.is_none() { " else" } else { "" };
        }
        if is_off {
            write!(f, "\nnothing{else_} goes out, because of {}", self.decision.reason())?;
        }
        Ok(())
    }
}

/// What was changed, and what is so now. Shown, it is what a user reads.
#[derive(Clone, Debug)]
pub struct Changed {
    done: String,
    notes: Vec<String>,
    decision: Decision,
}

impl Changed {
    /// The decision that a run would come to now.
    #[must_use]
    pub fn decision(&self) -> &Decision {
        &self.decision
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, notes, decision } = self;
        f.write_str(done)?;
        notes.iter().try_for_each(|note| write!(f, "\n{note}"))?;
        write!(f, "\ntelemetry level: {}, because of {}", decision.level(), decision.reason())
    }
}

/// What was forgotten, and who agreed to forget it. Shown, it is what a user reads.
#[derive(Clone, Debug)]
pub struct Receipt {
    had_id: bool,
    notes: Vec<String>,
    agreed: Vec<[String; 3]>,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("telemetry is turned off, and what was kept is deleted")?;
        self.notes.iter().try_for_each(|note| write!(f, "\n{note}"))?;
        for [sink, id, said] in &self.agreed {
            write!(f, "\n{sink} agreed to delete what it has of {id}: {said}")?;
        }
        match (self.agreed.is_empty(), self.had_id) {
            (true, true) => f.write_str("\nno receiver can be asked to delete"),
            (true, false) => f.write_str("\nthere was no install id, so there is nothing to ask a receiver for"),
            (false, _) => Ok(()),
        }
    }
}

/// What could not be done of what was asked. Shown, it is what a user reads.
#[derive(Clone, Debug)]
pub struct ForgetError {
    receipt: Receipt,
    failed: Vec<[String; 3]>,
    unwritten: Option<String>,
}

impl ForgetError {
    /// What could be done.
    #[must_use]
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }
}

impl fmt::Display for ForgetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("telemetry is turned off, and what was kept is deleted; not everything was forgotten")?;
        for [sink, id, said] in &self.receipt.agreed {
            write!(f, "\n{sink} agreed to delete what it has of {id}: {said}")?;
        }
        for [sink, id, said] in &self.failed {
            write!(f, "\n{sink} did not agree to delete what it has of {id}: {said}; the next `forget` asks again")?;
        }
        self.unwritten.iter().try_for_each(|error| write!(f, "\ncould not be written: {error}"))
    }
}

impl std::error::Error for ForgetError {}

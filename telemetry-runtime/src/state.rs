//! A program's state folder, and the settings in it: read when they are asked for, and replaced whole.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::clock;
use crate::env;
use crate::error::{Setting, StartError};
use crate::files::create_private_folder;
use crate::os;
use crate::settings::{FILE, Settings};
use crate::value::rfc3339;

/// The install id's name in the folder, unless the program gives another path.
const INSTALL_ID: &str = "install-id";
/// The folder in it for what the program has to report.
const REQUIRED: &str = "required";
/// A file of more bytes than this is none of ours.
const MOST_BYTES: u64 = 1024 * 1024;

/// The folder, if there is a place for one.
#[derive(Clone, Debug)]
pub(crate) struct State {
    folder: Option<PathBuf>,
    /// The file of the install id, where it is not in the folder.
    install_id: Option<PathBuf>,
}

impl State {
    /// The one that the program's author named, or the platform's for this program. Touches nothing.
    pub(crate) fn new(named: Option<&Path>, app: &str) -> Self {
        let folder = named.map(Path::to_owned).or_else(|| env::state_dir(app));
        Self { folder: folder.and_then(|folder| std::path::absolute(folder).ok()), install_id: None }
    }

    /// No folder: nothing is kept.
    pub(crate) const fn nowhere() -> Self {
        Self { folder: None, install_id: None }
    }

    /// That of what the program has to report, which nobody's choice deletes.
    pub(crate) fn required(&self) -> Self {
        Self { folder: self.folder.as_ref().map(|folder| folder.join(REQUIRED)), install_id: None }
    }

    /// The same, with the install id in a file of the program's choice.
    pub(crate) fn with_install_id(self, file: &Path) -> Self {
        Self { install_id: std::path::absolute(file).ok(), ..self }
    }

    /// The file that the install id is kept in.
    pub(crate) fn install_id(&self) -> Option<PathBuf> {
        self.install_id.clone().or_else(|| Some(self.folder()?.join(INSTALL_ID)))
    }

    pub(crate) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Where the settings are, as the user knows it.
    pub(crate) fn settings_path(&self) -> Option<PathBuf> {
        Some(self.folder()?.join(FILE))
    }

    /// The settings; none where no file is found.
    ///
    /// # Errors
    ///
    /// A file that cannot be looked at, or is there and cannot be read, or has a line that says nothing.
    pub(crate) fn settings(&self) -> Result<Settings, StartError> {
        let Some(path) = self.settings_path() else { return Ok(Settings::default()) };
        let unreadable = |what: String| {
            StartError::new(Setting::Settings, what, "a file that can be read, or none", path.display().to_string())
        };
        // A folder that may not be entered may hold a refusal: whoever turned telemetry off by `sudo` made such a one. So may what a link
        // led to that leads nowhere now.
        match path.symlink_metadata() {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(unreadable(error.to_string())),
            Err(_) => return Ok(Settings::default()),
        }
        let text = match std::fs::metadata(&path).and_then(|metadata| read(&path, &metadata)) {
            Ok(text) => text,
            // Removed meanwhile.
            Err(_) if path.symlink_metadata().is_err() => return Ok(Settings::default()),
            Err(error) => return Err(unreadable(error.to_string())),
        };
        Settings::parse(&text).map_err(|fault| {
            let origin = format!("{}, line {}", path.display(), fault.line);
            StartError::new(Setting::Settings, fault.text, fault.expected, origin)
        })
    }

    /// Puts settings into the place of those that there were, unless these are others by now: what the user has chosen meanwhile
    /// stands.
    pub(crate) fn commit_over(&self, staged: Staged, before: &Settings) -> io::Result<()> {
        if self.settings().is_ok_and(|now| now == *before) { staged.commit() } else { Ok(()) }
    }

    /// Writes settings beside those that there are, for [`Staged::commit`] to put into their place.
    pub(crate) fn stage(&self, settings: &Settings) -> io::Result<Staged> {
        let Some(folder) = self.folder() else {
            return Err(io::Error::new(io::ErrorKind::NotFound, "there is no folder for this program's state"));
        };
        create_private_folder(folder)?;
        let path = folder.join(FILE);
        let beside = folder.join(format!("{FILE}.{}", std::process::id()));
        let text = settings.to_string();
        if os::largest_file().is_some_and(|largest| text.len() as u64 > largest) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // Left by a process of the same number that did not live to put it in its place.
        drop(std::fs::remove_file(&beside));
        let mut file = options.open(&beside)?;
        let staged = Staged { path, beside };
        // Not in place before it is on the medium: a power cut must not leave half of a refusal.
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map(|()| staged)
    }

    /// Replaces the settings.
    pub(crate) fn store(&self, settings: &Settings) -> io::Result<()> {
        self.stage(settings)?.commit()
    }
}

/// Settings that are written and do not count yet. Dropped, they never will.
#[derive(Debug)]
pub(crate) struct Staged {
    path: PathBuf,
    beside: PathBuf,
}

impl Staged {
    pub(crate) fn commit(self) -> io::Result<()> {
        std::fs::rename(&self.beside, &self.path)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // Once in its place, it is no longer there.
        drop(std::fs::remove_file(&self.beside));
    }
}

/// Waits for nobody: what is no file, a pipe say, is not opened.
fn read(path: &Path, metadata: &Metadata) -> io::Result<String> {
    if !metadata.is_file() || metadata.len() > MOST_BYTES {
        return Err(io::Error::other("no file of settings"));
    }
    let mut text = String::new();
    File::open(path)?.take(MOST_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// How a settings file names a purge: by when, and how much.
pub(crate) fn purge_of(events: u64) -> String {
    format!("{}, {events} events", rfc3339(clock::now()))
}

/// What a process that runs knows of purges: that of others, it sees in the settings.
#[derive(Debug)]
pub(crate) struct Purges {
    state: State,
    known: Option<String>,
}

impl Purges {
    /// Those that these settings do not tell of, or those from now on.
    pub(crate) fn since(settings: Option<Settings>, state: State) -> Self {
        let known = settings.or_else(|| state.settings().ok()).and_then(|settings| settings.purged);
        Self { state, known }
    }

    /// Whether the user has had everything deleted since. A file that cannot be read says nothing.
    pub(crate) fn are_newer(&self) -> bool {
        self.state.settings().is_ok_and(|settings| settings.purged.is_some() && settings.purged != self.known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Level;

    #[test]
    fn settings_are_replaced_whole_and_for_their_owner_alone() {
        let home = tempfile::tempdir().unwrap();
        let state = State::new(Some(&home.path().join("state")), "demo");
        assert_eq!(state.settings(), Ok(Settings::default()));
        assert!(!home.path().join("state").exists(), "to look touches nothing");
        let chosen = Settings { level: Some(Level::None), ..Settings::default() };
        drop(state.stage(&chosen).unwrap());
        assert_eq!(state.settings(), Ok(Settings::default()));
        state.store(&chosen).unwrap();
        assert_eq!(state.settings(), Ok(chosen));
        assert_eq!(std::fs::read_dir(home.path().join("state")).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(state.settings_path().unwrap()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    /// The notice is on a terminal for as long as that takes, and the user may have said no there.
    #[test]
    fn what_was_chosen_meanwhile_stands() {
        let home = tempfile::tempdir().unwrap();
        let state = State::new(Some(home.path()), "demo");
        let told = Settings { is_notice_shown: true, ..Settings::default() };
        let refused = Settings { level: Some(Level::None), purged: Some("2026-11-21".into()), ..Settings::default() };
        let before = state.settings().unwrap();
        let staged = state.stage(&told).unwrap();
        state.store(&refused).unwrap();
        state.commit_over(staged, &before).unwrap();
        assert_eq!(state.settings(), Ok(refused.clone()));
        let told = Settings { is_notice_shown: true, ..refused.clone() };
        state.commit_over(state.stage(&told).unwrap(), &refused).unwrap();
        assert_eq!(state.settings(), Ok(told));
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn garbage_is_a_problem_that_names_the_line() {
        let home = tempfile::tempdir().unwrap();
        let state = State::new(Some(home.path()), "demo");
        let path = state.settings_path().unwrap();
        for garbage in [&b"level = none\nle"[..], b"\xff\xfe", b"\0"] {
            std::fs::write(&path, garbage).unwrap();
            assert!(state.settings().is_err());
        }
        std::fs::write(&path, "level = none\nle").unwrap();
        assert!(state.settings().unwrap_err().to_string().contains("/settings, line 2): expected a line as"));
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(state.settings().is_err());
    }
}

//! Who is signed in: by a key in a file of the program's own, or by one in a variable.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use telemetry_runtime::{Identity, IdentitySource};

/// The variable that a key for programs is in.
const VARIABLE: &str = "CLOUDQUERY_API_KEY";

/// Whoever is signed in, if anybody.
pub(crate) fn known() -> Option<Identity> {
    let by_variable = env::var(VARIABLE).ok().and_then(|key| of_key(&key));
    let by_variable = by_variable.map(|identity| identity.source(IdentitySource::ApiKey));
    by_variable.or_else(|| of_key(fs::read_to_string(file().ok()?).ok()?.trim()))
}

/// Keeps a key, for its owner alone to read.
pub(crate) fn keep(key: &str) -> Result<Identity> {
    let identity = of_key(key).context("expected a key, as USER:TEAM:SECRET")?;
    let file = file()?;
    fs::create_dir_all(file.parent().context("no folder for the key")?)?;
    private(&file).and_then(|mut file| file.write_all(key.as_bytes())).context("cannot keep the key")?;
    Ok(identity)
}

/// Forgets the key that was kept; `false` if there was none.
pub(crate) fn forget() -> Result<bool> {
    match fs::remove_file(file()?) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        other => Ok(other.map(|()| true)?),
    }
}

/// What a key says of its owner. In a real system, its server knows: keys look like nothing.
fn of_key(key: &str) -> Option<Identity> {
    let mut parts = key.split(':').filter(|part| !part.is_empty());
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(user), Some(team), Some(_), None) => Some(Identity::user(user).team(team)),
        _ => None,
    }
}

fn file() -> Result<PathBuf> {
    Ok(env::home_dir().context("there is no home folder to keep a key in")?.join(".cloudquery").join("key"))
}

fn private(path: &PathBuf) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

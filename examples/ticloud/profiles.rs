//! Profiles, in `~/.ticloud/config.json`.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde_json::{Map, Value, json};
use telemetry_runtime::{Identity, IdentitySource};

/// What can be set of a profile.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Setting {
    PublicKey,
    PrivateKey,
    TelemetryEnabled,
}

impl Setting {
    const fn as_str(self) -> &'static str {
        match self {
            Self::PublicKey => "public-key",
            Self::PrivateKey => "private-key",
            Self::TelemetryEnabled => "telemetry-enabled",
        }
    }
}

pub(crate) struct Profiles {
    current: String,
    /// What each is set to, by its name.
    profiles: Map<String, Value>,
}

/// The folder for all that the program keeps.
pub(crate) fn home() -> Result<PathBuf> {
    Ok(std::env::home_dir().context("there is no home")?.join(".ticloud"))
}

impl Profiles {
    /// As the file has them; one that is called `default` where there is no file.
    pub(crate) fn read() -> Result<Self> {
        let path = home()?.join("config.json");
        let file: Value = match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).with_context(|| format!("cannot read {}", path.display()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => json!({"profiles": {"default": {}}}),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        let current = file["current-profile"].as_str().unwrap_or("default").to_owned();
        Ok(Self { current, profiles: file["profiles"].as_object().cloned().unwrap_or_default() })
    }

    pub(crate) fn save(&self) -> Result<()> {
        let folder = home()?;
        fs::create_dir_all(&folder)?;
        let file = json!({"current-profile": self.current, "profiles": self.profiles});
        fs::write(folder.join("config.json"), format!("{file:#}\n")).context("cannot write the profiles")
    }

    pub(crate) fn current(&self) -> &str {
        &self.current
    }

    pub(crate) fn get(&self, name: &str, key: Setting) -> Option<&str> {
        self.profiles.get(name)?.get(key.as_str())?.as_str()
    }

    /// Whose key the profile has.
    pub(crate) fn identity(&self, name: &str) -> Option<Identity> {
        self.get(name, Setting::PublicKey).map(|key| Identity::user(key).source(IdentitySource::ApiKey))
    }

    pub(crate) fn create(&mut self, name: &str) -> Result<()> {
        let is_name_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if name.is_empty() || name.len() > 64 || !name.bytes().all(is_name_byte) {
            bail!("a profile's name is of letters, digits, `-`, `_` and `.`, 64 at most");
        }
        match self.profiles.insert(name.to_owned(), json!({})) {
            None => Ok(()),
            Some(_) => bail!("there is a profile of that name"),
        }
    }

    pub(crate) fn set(&mut self, name: &str, key: Setting, value: String) -> Result<()> {
        if matches!(key, Setting::TelemetryEnabled) && !matches!(value.as_str(), "true" | "false") {
            bail!("telemetry-enabled is true or false");
        }
        let profile = self.profiles.get_mut(name).and_then(Value::as_object_mut);
        profile.context("there is no profile of that name")?.insert(key.as_str().into(), value.into());
        Ok(())
    }

    pub(crate) fn make_current(&mut self, name: &str) -> Result<()> {
        self.describe(name)?;
        name.clone_into(&mut self.current);
        Ok(())
    }

    pub(crate) fn delete(&mut self, name: &str) -> Result<()> {
        if name == self.current {
            bail!("the current profile cannot be deleted");
        }
        self.profiles.remove(name).map(drop).context("there is no profile of that name")
    }

    pub(crate) fn list(&self) -> Value {
        let row = |name: &String| json!({"name": name, "current": *name == self.current});
        self.profiles.keys().map(row).collect()
    }

    /// All but the private key.
    pub(crate) fn describe(&self, name: &str) -> Result<Value> {
        let mut profile = self.profiles.get(name).context("there is no profile of that name")?.clone();
        if let Some(key) = profile.get_mut(Setting::PrivateKey.as_str()) {
            *key = "***".into();
        }
        Ok(profile)
    }
}

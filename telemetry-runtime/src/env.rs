//! Where the environment enters: its variables and the folder for a program's state.

/// A variable, if it is set. What is no text in it is replaced: it is compared with words, and none of them has such characters.
pub(crate) fn var(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// A variable that is a path, or a list of them, if it is set to something.
#[cfg(all(feature = "record", feature = "tls"))]
pub(crate) fn path(name: &str) -> Option<std::path::PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(Into::into)
}

/// The folder for the telemetry of a program, by the platform's convention; `None` where there is no home.
#[cfg(feature = "record")]
pub(crate) fn state_dir(app: &str) -> Option<std::path::PathBuf> {
    use etcetera::BaseStrategy as _;
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.state_dir().unwrap_or_else(|| base.data_dir()).join(app).join("telemetry"))
}

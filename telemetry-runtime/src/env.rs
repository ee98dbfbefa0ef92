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

/// What the user says of where OpenTelemetry goes, of one signal or else of all, with the variable that says it. What is set to nothing is
/// not set.
pub(crate) fn otlp(signal: &str, what: &str) -> Option<(String, String)> {
    let said = |name: String| Some((var(&name).filter(|value| !value.is_empty())?, name));
    otlp_names(signal, what).into_iter().find_map(said).map(|(value, name)| (name, value))
}

/// The variables that say it, the first that is set.
pub(crate) fn otlp_names(signal: &str, what: &str) -> [String; 2] {
    [format!("OTEL_EXPORTER_OTLP_{}_{what}", signal.to_uppercase()), format!("OTEL_EXPORTER_OTLP_{what}")]
}

/// The variable of a test harness that runs this process, if one does: what is tested is nobody's usage.
pub(crate) fn test_harness() -> Option<&'static str> {
    // cargo-nextest, Bazel, pytest, Jest, Vitest, Bats, Ctest.
    const HARNESSES: [&str; 7] = [
        "NEXTEST",
        "TEST_SRCDIR",
        "PYTEST_CURRENT_TEST",
        "JEST_WORKER_ID",
        "VITEST",
        "BATS_TEST_FILENAME",
        "CTEST_INTERACTIVE_DEBUG_MODE",
    ];
    HARNESSES.into_iter().find(|name| std::env::var_os(name).is_some())
}

/// The variable by which tests have a program that they start send nothing beyond loopback.
pub(crate) const LOOPBACK_ONLY: &str = "TELEMETRY_LOOPBACK_ONLY";

/// Whether that is asked for: by anything but nothing, `0` and `false`.
#[cfg(feature = "record")]
pub(crate) fn is_loopback_only() -> bool {
    std::env::var_os(LOOPBACK_ONLY).is_some_and(|value| !value.is_empty() && value != "0" && value != "false")
}

/// Whether a variable is set to anything but nothing.
pub(crate) fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Whether a variable is there at all.
pub(crate) fn is_present(name: &str) -> bool {
    std::env::var_os(name).is_some()
}

/// Whether standard input and standard output are terminals.
pub(crate) fn terminals() -> (bool, bool) {
    use std::io::IsTerminal as _;
    (std::io::stdin().is_terminal(), std::io::stdout().is_terminal())
}

/// Whether standard error is a terminal.
pub(crate) fn is_at_terminal() -> bool {
    std::io::IsTerminal::is_terminal(&std::io::stderr())
}

/// Shows a person at a terminal a text of whole lines.
pub(crate) fn tell(text: &str) {
    use std::io::Write as _;
    // A terminal that takes nothing now is no reason to panic.
    drop(std::io::stderr().lock().write_all(text.as_bytes()));
}

/// The variable by which a shell asks for completions, if one does: clap's, Bash's, or one of the program's own.
pub(crate) fn completion<'a>(own: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// Set for as long as a shell asks, to whatever.
    const WHILE_ASKED: [&str; 4] =
        ["_CLAP_COMPLETE_INDEX", "_CLAP_COMPLETE_COMP_TYPE", "_CLAP_COMPLETE_SPACE", "COMP_LINE"];
    // It names the shell; clap takes nothing and `0` for not set.
    let is_on = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    let is_set = |name: &&str| std::env::var_os(name).is_some();
    own.chain(["COMPLETE"]).find(is_on).or_else(|| WHILE_ASKED.into_iter().find(is_set))
}

/// The first word after the program's name, to be compared with words.
pub(crate) fn first_argument() -> Option<String> {
    std::env::args_os().nth(1)?.into_string().ok()
}

/// Tells a person at a terminal, and nobody else.
pub(crate) fn warn(text: &str) {
    if is_at_terminal() {
        tell(&format!("warning: {text}\n"));
    }
}

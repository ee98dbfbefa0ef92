//! What others spell differently: systems and processors as Go names them, versions, and names as identifiers.

/// A system as Go's `GOOS` spells it, from Rust's word.
pub(super) fn goos(os: &str) -> &str {
    match os {
        "macos" => "darwin",
        "wasi" => "wasip1",
        same => same,
    }
}

/// A processor architecture as Go's `GOARCH` spells it, from Rust's word, which does not say which end comes first.
pub(super) fn goarch(arch: &str) -> &str {
    match arch {
        "x86_64" => "amd64",
        "x86" => "386",
        "aarch64" => "arm64",
        "loongarch64" => "loong64",
        "powerpc64" => "ppc64",
        "wasm32" => "wasm",
        same => same,
    }
}

/// A version with a `v` before its first digit; one that begins otherwise as it is.
pub(super) fn v_version(version: &str) -> String {
    let prefix = if version.starts_with(|first: char| first.is_ascii_digit()) { "v" } else { "" };
    format!("{prefix}{version}")
}

/// Whether a text is a version as Semantic Versioning 2.0.0 has it, perhaps with a `v` before it.
pub(super) fn is_semver(text: &str) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
    let (release, pre) = text.split_once('-').map_or((text, None), |(text, pre)| (text, Some(pre)));
    let is_number = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_digit()) && (part == "0" || !part.is_empty() && !part.starts_with('0'))
    };
    let is_word =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_pre = |part: &str| is_word(part) && (is_number(part) || part.bytes().any(|byte| !byte.is_ascii_digit()));
    release.split('.').count() == 3
        && release.split('.').all(is_number)
        && pre.is_none_or(|pre| pre.split('.').all(is_pre))
        && build.is_none_or(|build| build.split('.').all(is_word))
}

/// The words of a name in small letters with `between` between them: what is neither a letter nor a digit parts them.
pub(super) fn words(name: &str, between: &str) -> String {
    let words = name.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lists of `go tool dist list`, as far as Rust has the same targets.
    #[test]
    fn systems_and_processors_are_spelt_as_go_spells_them() {
        let systems = [("linux", "linux"), ("macos", "darwin"), ("windows", "windows"), ("freebsd", "freebsd")];
        assert!(systems.iter().all(|(rust, go)| goos(rust) == *go));
        let processors =
            [("x86_64", "amd64"), ("x86", "386"), ("aarch64", "arm64"), ("arm", "arm"), ("riscv64", "riscv64")];
        assert!(processors.iter().all(|(rust, go)| goarch(rust) == *go));
    }

    #[test]
    fn a_version_has_one_v() {
        let spelt = ["0.4.27", "v0.0.1", "nightly", ""].map(v_version);
        assert_eq!(spelt, ["v0.4.27", "v0.0.1", "nightly", ""]);
    }

    /// The examples of semver.org, and others that are none.
    #[test]
    fn versions_of_releases_are_told_from_others() {
        for text in ["1.9.0", "v0.4.27", "1.0.0-alpha.1", "1.0.0-0.3.7", "1.0.0-x-y-z.--", "1.0.0+001", "1.0.0-a+b.01"]
        {
            assert!(is_semver(text), "{text}");
        }
        for text in ["", "v", "dev", "1.0", "1.0.0.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0+", "1.0.0-a..b", "12345"]
        {
            assert!(!is_semver(text), "{text}");
        }
    }

    #[test]
    fn names_become_identifiers() {
        assert_eq!(words("Sync Finished", "_"), "sync_finished");
        assert_eq!(words(" usage--Error 2 ", "-"), "usage-error-2");
        assert_eq!(words("- -", "_"), "");
    }
}

//! Where in the source something is, without saying whose disk the source was on.

use std::borrow::Cow;

/// Folders that a package's files lie in: from the last of them on, a path says nothing of where the package lay.
const IN_A_PACKAGE: [&str; 4] = ["src", "tests", "examples", "benches"];
/// What lies in `library` of Rust's own source.
const IN_LIBRARY: [&str; 12] = [
    "alloc",
    "backtrace",
    "compiler-builtins",
    "core",
    "panic_abort",
    "panic_unwind",
    "portable-simd",
    "proc_macro",
    "std",
    "stdarch",
    "test",
    "unwind",
];
/// Folders whose folders are users.
const HOMES: [&str; 3] = ["home", "users", "documents and settings"];

/// A source file's path as the compiler wrote it, cut to what is the same on every machine that could have built it.
///
/// A relative path is what was given to the compiler, and stays. Of any other, a registry's package, a git checkout's and Rust's
/// own source keep the package and what follows; of the rest remains what is in the package, or else the file's name.
pub(crate) fn reduced(path: &str) -> Cow<'_, str> {
    let parts = Parts::of(path);
    if !parts.outside {
        return parts.from(0);
    }
    let last = parts.names.len().saturating_sub(1);
    let at = |index: usize| parts.names.get(index).map_or("", |(_, name)| *name);
    let home = (0..last).find(|index| HOMES.iter().any(|home| at(*index).eq_ignore_ascii_case(home)));
    // A folder of the user's name further down is as telling as the one above.
    let names_user = |from: usize| (from..last).any(|index| home.is_some_and(|home| at(index) == at(home + 1)));
    for index in 0..last {
        let kept = match (at(index), at(index + 1)) {
            ("registry", "src") if has_hash(at(index + 2)) => index + 3,
            // Name and hash, the commit, the file.
            ("git", "checkouts") if has_hash(at(index + 2)) && index + 4 <= last && !names_user(index + 4) => {
                let name = at(index + 2).rsplit_once('-').map_or("", |(name, _)| name);
                return Cow::Owned(format!("{name}/{}", parts.from(index + 4)));
            }
            ("rust", "deps") => index + 2,
            ("rustc", hash) if index == 0 && hash.len() == 40 => index + 2,
            ("library", of_rust) if IN_LIBRARY.contains(&of_rust) => index,
            _ => continue,
        };
        if kept < last && !names_user(kept) {
            return parts.from(kept);
        }
    }
    let package = (home.map_or(0, |home| home + 2)..last).rev().find(|index| IN_A_PACKAGE.contains(&at(*index)));
    parts.from(package.filter(|from| !names_user(*from)).unwrap_or(last))
}

/// Whether a folder's name ends in the hash that cargo gives to registries and repositories.
fn has_hash(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(_, hash)| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A path, taken apart.
struct Parts<'a> {
    path: &'a str,
    /// Where in the path a name begins, and the name.
    names: Vec<(usize, &'a str)>,
    /// Whether it leads out of where the compiler was: it begins at a root, a drive or a home, or goes up.
    outside: bool,
}

impl<'a> Parts<'a> {
    fn of(path: &'a str) -> Self {
        let mut names = Vec::new();
        let mut outside = path.starts_with(['/', '\\', '~']) || path.as_bytes().get(1) == Some(&b':');
        let mut start = 0;
        for part in path.split(['/', '\\']) {
            outside |= part == "..";
            // A drive without a separator: `C:main.rs`.
            let name = if start == 0 && part.as_bytes().get(1) == Some(&b':') { part.get(2..) } else { Some(part) };
            let name = name.unwrap_or("");
            if !name.is_empty() && name != "." {
                names.push((start + part.len() - name.len(), name));
            }
            start += part.len() + 1;
        }
        Self { path, names, outside }
    }

    /// The path from a name on, with `/` between the names.
    fn from(&self, first: usize) -> Cow<'a, str> {
        let names = self.names.get(first..).unwrap_or(&[]);
        let rest = names.first().and_then(|(start, _)| self.path.get(*start..)).unwrap_or("");
        let length: usize = names.iter().map(|(_, name)| name.len() + 1).sum();
        if rest.len() + 1 == length && !rest.contains('\\') {
            return Cow::Borrowed(rest);
        }
        let names: Vec<&str> = names.iter().map(|(_, name)| *name).collect();
        Cow::Owned(names.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_path_loses_what_is_of_the_machine() {
        for (path, expected) in [
            ("src/main.rs", "src/main.rs"),
            ("crates/one/src/lib.rs", "crates/one/src/lib.rs"),
            ("./src//a/./b.rs", "src/a/b.rs"),
            (r"src\commands\sync.rs", "src/commands/sync.rs"),
            (
                "/home/alice/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/foo-1.2.3/src/lib.rs",
                "foo-1.2.3/src/lib.rs",
            ),
            (
                r"C:\Users\Alice\.cargo\registry\src\index.crates.io-1949cf8c6b5b557f\foo-1.2.3\src\lib.rs",
                "foo-1.2.3/src/lib.rs",
            ),
            ("/home/alice/.cargo/git/checkouts/foo-bar-0123456789abcdef/1234567/src/lib.rs", "foo-bar/src/lib.rs"),
            (
                "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/option.rs",
                "library/core/src/option.rs",
            ),
            (
                r"/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860\library\core\src\option.rs",
                "library/core/src/option.rs",
            ),
            ("/root/.rustup/toolchains/stable/lib/rustlib/src/rust/library/std/src/rt.rs", "library/std/src/rt.rs"),
            ("/rust/deps/hashbrown-0.15.5/src/raw.rs", "hashbrown-0.15.5/src/raw.rs"),
            ("/home/alice/work/secret-project/src/bin/x.rs", "src/bin/x.rs"),
            ("/home/alice/src/secret-project/tests/all/main.rs", "tests/all/main.rs"),
            ("/home/alice/work/project/target/debug/build/one-0123456789abcdef/out/made.rs", "made.rs"),
            ("/home/alice/src/alice/notes/main.rs", "main.rs"),
            ("/home/src/project/main.rs", "main.rs"),
            (r"C:\Users\Alice\project\src/bin\x.rs", "src/bin/x.rs"),
            (r"\\?\C:\Users\Alice\project\build.rs", "build.rs"),
            (r"\\server\alice\project\build.rs", "build.rs"),
            ("C:main.rs", "main.rs"),
            ("../shared/src/lib.rs", "src/lib.rs"),
            ("../../alice/lib.rs", "lib.rs"),
            ("~/x/lib.rs", "lib.rs"),
            ("/", ""),
            ("", ""),
        ] {
            assert_eq!(reduced(path), expected, "{path}");
        }
    }

    #[test]
    fn a_path_that_needs_no_change_is_not_copied() {
        let library = "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/option.rs";
        for path in ["src/main.rs", library] {
            assert!(matches!(reduced(path), Cow::Borrowed(_)), "{path}");
        }
    }

    proptest! {
        /// A user is told from all else by a capital Q.
        #[test]
        fn a_user_never_comes_out(
            user in "[a-z]{0,3}Q[a-zA-Z0-9._-]{0,8}",
            home in prop::sample::select(vec!["/home/", "/Users/", "/export/home/", "/var/home/", r"C:\Users\", r"\\?\C:\Users\", "/tmp/../home/"]),
            below in prop::collection::vec("[a-z.]{1,8}|src|tests|library|core|registry|git|checkouts|rust|deps|home", 0..8),
            repeated in 0_usize..9,
            is_repeated in any::<bool>(),
            backslash in any::<bool>(),
        ) {
            let separator = if backslash { "\\" } else { "/" };
            let mut folders = below;
            if is_repeated {
                folders.insert(repeated.min(folders.len()), user.clone());
            }
            folders.push("main.rs".to_owned());
            let path = format!("{home}{user}{separator}{}", folders.join(separator));
            let out = reduced(&path);
            prop_assert!(!out.contains(&user), "{path} became {out}");
            prop_assert!(out.ends_with("main.rs"));
        }

        #[test]
        fn any_text_is_a_path(path in any::<String>()) {
            let once = reduced(&path).into_owned();
            prop_assert!(once.len() <= path.len());
        }

        #[test]
        fn what_is_reduced_stays(path in r"[/\\]([a-z.]{1,4}|src|rustc|library|core|[/\\]){0,12}") {
            let once = reduced(&path).into_owned();
            prop_assert_eq!(reduced(&once).into_owned(), once.clone());
        }
    }
}

//! What is known of where the program runs: words of closed lists, and never a variable's value.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::env;
use crate::event::NamedValue;
use crate::value::{Field, Kind, Label, Raw, Value};
use crate::version::Version;

/// A fact of the context, as the catalogue lists it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fact {
    pub(crate) name: &'static str,
    /// The type of its values.
    pub(crate) kind: Kind,
    /// What it says.
    pub(crate) says: &'static str,
}

/// Every fact of the context. Each can be left out: `Builder::without_fact`.
pub(crate) const FACTS: [Fact; 10] = [
    Fact {
        name: "ci",
        kind: Kind::Label,
        says: "the continuous integration that the program runs in, `OTHER` for one that is not known",
    },
    Fact { name: "container", kind: Kind::Label, says: "the kind of container that the program runs in" },
    Fact { name: "faas", kind: Kind::Label, says: "the platform of functions that the program runs on" },
    Fact { name: "terminal", kind: Kind::Label, says: "`tty` or `cygwin`, where standard output is a terminal" },
    Fact { name: "interactive", kind: Kind::Bool, says: "whether standard input and output are terminals" },
    Fact { name: "agent", kind: Kind::Label, says: "the coding agent that runs the program" },
    Fact {
        name: "git_commit",
        kind: Kind::Label,
        says: "the commit that the program was built from, as its author gave it",
    },
    Fact { name: "build_date", kind: Kind::Label, says: "when the program was built, as its author gave it" },
    Fact { name: "installer", kind: Kind::Label, says: "how the program was installed, one of its author's words" },
    Fact { name: "plugins", kind: Kind::List(&Kind::Label), says: "installed plugins, as `name@version`" },
];

/// What the author says of the program, and what is to be left out.
#[derive(Debug, Default)]
pub(crate) struct Stated {
    pub(crate) build: Option<(Label, Label)>,
    pub(crate) installer: Option<Label>,
    /// A file that says it, and the words that it may say.
    pub(crate) installer_file: Option<(PathBuf, Vec<Label>)>,
    pub(crate) plugins: Vec<(String, Version)>,
    pub(crate) without: Vec<String>,
}

/// What is known of where the program runs.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) facts: Vec<NamedValue>,
    /// Nothing that is written here is there the next time.
    pub(crate) is_ephemeral: bool,
}

impl Context {
    /// Looks at the environment: some sixty variables and two or three files, ten to twenty microseconds.
    ///
    /// A fact that the program states itself, one of `named`, is the program's.
    pub(crate) fn look(stated: &Stated, named: impl Fn(&str) -> bool) -> Self {
        let (ci, container, faas) = (ci(), container(), first_set(&FAAS));
        let (input, output) = env::terminals();
        let is_cygwin = cfg!(windows) && (env::is_set("MSYSTEM") || env::is_set("TERM"));
        let terminal = output.then_some(if is_cygwin { "cygwin" } else { "tty" });
        let installer = stated.installer.or_else(|| {
            let (path, words) = stated.installer_file.as_ref()?;
            let said = read_word(path)?;
            words.iter().copied().find(|word| word.as_str() == said)
        });
        let word = |word: Option<&'static str>| word.map(|word| Value(Raw::Text(Cow::Borrowed(word))));
        let label = |label: Option<Label>| label.map(|label| label.to_value());
        let values = [
            ("ci", word(ci)),
            ("container", word(container)),
            ("faas", word(faas)),
            ("terminal", word(terminal)),
            ("interactive", Some((input && output).to_value())),
            ("agent", word(first_set(&AGENTS))),
            ("git_commit", label(stated.build.map(|(commit, _)| commit))),
            ("build_date", label(stated.build.map(|(_, date)| date))),
            ("installer", label(installer)),
            ("plugins", plugins(&stated.plugins)),
        ];
        let is_wanted = |name: &str| !named(name) && stated.without.iter().all(|without| without != name);
        let facts = values.into_iter().filter(|(name, _)| is_wanted(name));
        Self {
            facts: facts.filter_map(|(name, value)| Some((Cow::Borrowed(name), value?))).collect(),
            is_ephemeral: ci.is_some() || container.is_some() || faas.is_some(),
        }
    }
}

/// Each as `name@version`.
fn plugins(plugins: &[(String, Version)]) -> Option<Value> {
    let text = |(name, version): &(String, Version)| Raw::Text(Cow::Owned(format!("{name}@{version}")));
    (!plugins.is_empty()).then(|| Value(Raw::List(plugins.iter().map(text).collect())))
}

/// Whether a plugin's name is one: letters, digits and `-`, `_`, `.`, `/` between them, 64 at most.
pub(crate) fn is_plugin_name(name: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/');
    let is_outer = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = name.as_bytes();
    bytes.len() <= 64 && is_outer(bytes.first()) && is_outer(bytes.last()) && bytes.iter().copied().all(is_inner)
}

/// The one word that a file holds.
fn read_word(path: &Path) -> Option<String> {
    use std::io::Read as _;
    // Nothing that would be waited for, such as a pipe.
    path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let mut text = String::new();
    std::fs::File::open(path).ok()?.take(256).read_to_string(&mut text).ok()?;
    Some(text.trim().to_owned())
}

/// By name, spelt as the package ci-info has it; the first of which all variables are
/// set. Gitea says of itself what GitHub says as well, and Jenkins what Hudson does.
const CI: [(&str, &[&str]); 40] = [
    ("AGOLA", &["AGOLA_GIT_REF"]),
    ("APPCIRCLE", &["AC_APPCIRCLE"]),
    ("APPCENTER", &["APPCENTER_BUILD_ID"]),
    ("APPVEYOR", &["APPVEYOR"]),
    ("AZURE_PIPELINES", &["TF_BUILD"]),
    ("BAMBOO", &["bamboo_planKey"]),
    ("BITBUCKET", &["BITBUCKET_COMMIT"]),
    ("BITRISE", &["BITRISE_IO"]),
    ("BUDDY", &["BUDDY_WORKSPACE_ID"]),
    ("BUILDKITE", &["BUILDKITE"]),
    ("CIRCLE", &["CIRCLECI"]),
    ("CIRRUS", &["CIRRUS_CI"]),
    ("CODEBUILD", &["CODEBUILD_BUILD_ARN"]),
    ("CODEFRESH", &["CF_BUILD_ID"]),
    ("CODEMAGIC", &["CM_BUILD_ID"]),
    ("DRONE", &["DRONE"]),
    ("EARTHLY", &["EARTHLY_CI"]),
    ("EAS", &["EAS_BUILD"]),
    ("GERRIT", &["GERRIT_PROJECT"]),
    ("GITEA_ACTIONS", &["GITEA_ACTIONS"]),
    ("GITHUB_ACTIONS", &["GITHUB_ACTIONS"]),
    ("GITLAB", &["GITLAB_CI"]),
    ("GOCD", &["GO_PIPELINE_LABEL"]),
    ("GOOGLE_CLOUD_BUILD", &["BUILDER_OUTPUT"]),
    ("HARNESS", &["HARNESS_BUILD_ID"]),
    ("JENKINS", &["JENKINS_URL", "BUILD_ID"]),
    ("HUDSON", &["HUDSON_URL"]),
    ("NETLIFY", &["NETLIFY", "CI"]),
    ("PROW", &["PROW_JOB_ID"]),
    ("SCREWDRIVER", &["SCREWDRIVER"]),
    ("SEMAPHORE", &["SEMAPHORE"]),
    ("STRIDER", &["STRIDER"]),
    ("TASKCLUSTER", &["TASK_ID", "RUN_ID"]),
    ("TEAMCITY", &["TEAMCITY_VERSION"]),
    ("TRAVIS", &["TRAVIS"]),
    ("VELA", &["VELA"]),
    ("VERCEL", &["VERCEL", "CI"]),
    ("XCODE_CLOUD", &["CI_XCODE_PROJECT"]),
    ("XCODE_SERVER", &["XCS"]),
    ("OTHER", &["CONTINUOUS_INTEGRATION"]),
];

/// The continuous integration that the program runs in, by name.
pub(crate) fn ci() -> Option<&'static str> {
    let known = first_set(&CI);
    // What people set by hand to say that they are not in one.
    known.or_else(|| env::var("CI").filter(|said| !matches!(said.as_str(), "" | "0" | "false")).map(|_| "OTHER"))
}

/// Platforms of functions, spelt as OpenTelemetry's `cloud.platform` has them.
const FAAS: [(&str, &[&str]); 7] = [
    ("aws_lambda", &["AWS_LAMBDA_FUNCTION_NAME"]),
    ("azure_functions", &["FUNCTIONS_WORKER_RUNTIME"]),
    ("gcp_cloud_functions", &["FUNCTION_TARGET", "K_SERVICE"]),
    ("gcp_cloud_run", &["K_SERVICE", "K_REVISION"]),
    ("alibaba_cloud_fc", &["FC_FUNCTION_NAME"]),
    ("tencent_cloud_scf", &["TENCENTCLOUD_RUNENV"]),
    ("vercel", &["VERCEL", "VERCEL_REGION"]),
];

/// Coding agents that say that they run a command.
const AGENTS: [(&str, &[&str]); 9] = [
    ("claude-code", &["CLAUDECODE"]),
    ("codex", &["CODEX_SANDBOX"]),
    ("codex", &["CODEX_SANDBOX_NETWORK_DISABLED"]),
    ("cursor", &["CURSOR_AGENT"]),
    ("gemini-cli", &["GEMINI_CLI"]),
    ("cline", &["CLINE_ACTIVE"]),
    ("goose", &["GOOSE_TERMINAL"]),
    ("opencode", &["OPENCODE"]),
    ("other", &["AI_AGENT"]),
];

/// Whether what is said here is read by continuous integration or an AI agent, and not by a person.
pub(crate) fn nobody_reads() -> bool {
    ci().is_some() || first_set(&AGENTS).is_some()
}

/// The first name of which all variables are set.
fn first_set(names: &[(&'static str, &[&str])]) -> Option<&'static str> {
    names.iter().find(|(_, variables)| variables.iter().all(|name| env::is_set(name))).map(|(name, _)| *name)
}

/// What the variable `container` says, by the convention of systemd.
const CONTAINERS: [&str; 6] = ["docker", "podman", "lxc", "lxc-libvirt", "systemd-nspawn", "oci"];

fn container() -> Option<&'static str> {
    if env::is_set("KUBERNETES_SERVICE_HOST") {
        return Some("kubernetes");
    }
    let said = env::var("container");
    let known = said.as_deref().and_then(|said| CONTAINERS.into_iter().find(|name| *name == said));
    if known.is_some() || !cfg!(unix) {
        return known;
    }
    let exists = |path: &str| Path::new(path).exists();
    if exists("/run/.containerenv") {
        return Some("podman");
    }
    exists("/.dockerenv").then_some("docker")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_is_listed_under_a_name_of_its_own() {
        let stated = Stated {
            build: Some((crate::label!("abc1234"), crate::label!("2026-11-21"))),
            installer: Some(crate::label!("brew")),
            plugins: vec![("aws".into(), Version::new(1, 2, 3))],
            ..Stated::default()
        };
        let listed: Vec<_> = FACTS.iter().map(|fact| fact.name).collect();
        let found = Context::look(&stated, |_| false).facts;
        assert!(found.iter().all(|(name, _)| listed.contains(&name.as_ref())), "{found:?}");
        assert!(FACTS.iter().all(|fact| crate::value::is_field_name(fact.name) && !fact.says.is_empty()));
        let shown = |name: &str| found.iter().find(|(key, _)| key == name).map(|(_, value)| value.to_string());
        assert_eq!(shown("plugins").as_deref(), Some("[aws@1.2.3]"));
        assert_eq!(shown("git_commit").as_deref(), Some("abc1234"));
        // Each can be left out, and is the program's where it states it.
        let without = Stated { without: listed.iter().map(|name| (*name).to_owned()).collect(), ..stated };
        assert!(Context::look(&without, |_| false).facts.is_empty());
        assert!(Context::look(&Stated::default(), |_| true).facts.is_empty());
    }

    #[test]
    fn plugins_have_names() {
        for name in ["aws", "cloudquery/aws", "a-b_c.d", "7zip"] {
            assert!(is_plugin_name(name), "{name}");
        }
        for name in ["", "-aws", "/home/alice", "a b", "aws/", "größe", &"a".repeat(65)] {
            assert!(!is_plugin_name(name), "{name}");
        }
    }

    #[test]
    fn an_installer_is_one_of_the_words_that_the_author_gave() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("installer");
        let installer = |content: &str| {
            std::fs::write(&path, content).unwrap();
            let words = vec![crate::label!("TiUP"), crate::label!("brew")];
            let stated = Stated { installer_file: Some((path.clone(), words)), ..Stated::default() };
            let facts = Context::look(&stated, |_| false).facts;
            facts.iter().find(|(name, _)| name == "installer").map(|(_, value)| value.to_string())
        };
        assert_eq!(installer("TiUP\n").as_deref(), Some("TiUP"));
        assert_eq!(installer("alice"), None);
        assert_eq!(installer(""), None);
    }
}

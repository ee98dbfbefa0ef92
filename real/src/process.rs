//! Processes that others wrote: started quietly, waited for, and ended whatever happens to this one.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};

/// A server. Its end is the end of its whole process group; where this process is killed, the system asks it to end.
pub struct Server(Child);

impl Server {
    /// Starts it, with what it says going to a file, and waits until it answers.
    pub fn start(command: &mut Command, log: &Path, addr: SocketAddr) -> anyhow::Result<Self> {
        let name = command.get_program().to_owned();
        let mut bound = bound_to_us(command);
        let said = File::create(log)?;
        bound.stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said).process_group(0);
        let mut server = Self(bound.spawn().with_context(|| format!("{} did not start", name.display()))?);
        let begun = Instant::now();
        while TcpStream::connect(addr).is_err() {
            let has_ended = server.0.try_wait()?;
            ensure!(has_ended.is_none(), "{} ended: {}", name.display(), std::fs::read_to_string(log)?);
            ensure!(begun.elapsed() < Duration::from_secs(60), "{} does not listen at {addr}", name.display());
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    /// Asks the group to end, or has it ended.
    fn signal(&self, signal: &str) {
        let group = format!("-{}", self.0.id());
        let mut kill = Command::new("kill");
        drop(kill.args([signal, "--", &group]).stdout(Stdio::null()).stderr(Stdio::null()).status());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.signal("-TERM");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(3) {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.signal("-KILL");
        drop(self.0.wait());
    }
}

/// The same command, which the system ends when this process ends, if there is a tool that says so to the system.
fn bound_to_us(command: &Command) -> Command {
    let has_tool = Command::new("setpriv").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let mut bound = if has_tool.is_ok_and(|status| status.success()) {
        let mut bound = Command::new("setpriv");
        bound.args(["--pdeathsig", "TERM", "--"]).arg(command.get_program());
        bound
    } else {
        Command::new(command.get_program())
    };
    bound.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => bound.env(name, value),
            None => bound.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        bound.current_dir(folder);
    }
    bound
}

/// An address on loopback where nobody listens now.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Runs something to its end, which has to be a good one, and says what it printed.
pub fn output(command: &mut Command, input: &[u8]) -> anyhow::Result<String> {
    let name = command.get_program().to_owned();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("{} did not start", name.display()))?;
    let mut stdin = child.stdin.take().context("a pipe")?;
    let output = std::thread::scope(|scope| {
        // Whoever has ended reads no more; its status says it.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output()
    })?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        let words = String::from_utf8_lossy(&output.stdout);
        bail!("{} ended with {}: {}{}", name.display(), output.status, errors.trim(), words.trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Whether a program is to be had, and where.
pub fn find(name: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/usr/local/sbin"].map(Into::into);
    std::env::split_paths(&path).chain(system).map(|folder| folder.join(OsStr::new(name))).find(|path| path.is_file())
}

/// JSON, a value a line: what our scripts read.
pub fn lines(values: &[serde_json::Value]) -> String {
    let lines: Vec<String> = values.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

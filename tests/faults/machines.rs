//! Machines that lack what one is used to: the program goes on as it does without telemetry, to the byte, and what could be kept is.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use telemetry_tests::Receiver;

use crate::balance::{self, Batch, Books, Twice};
use crate::needs;
use crate::victim::{Bench, NOBODY, Ran};

/// Records in every way, delivers, and records again.
const WORDS: &str = "work nested fail many deliver work deliver";

/// A run under some condition, and what came of it. Made by [`trial`] once it was seen that telemetry changes nothing.
struct Trial {
    bench: Bench,
    reported: Vec<u64>,
    delivered: Vec<Batch>,
}

/// Runs under a condition, without telemetry and with it, each in a folder of its own, and compares exit code and output.
fn trial(prepare: impl Fn(&mut Bench), command: impl Fn(&Bench, &str) -> Command) -> Trial {
    let make = || {
        let mut bench = Bench::new();
        prepare(&mut bench);
        bench
    };
    let without = make();
    let expected = Ran::of(command(&without, NOBODY).env("VICTIM_TELEMETRY_LEVEL", "none"));
    let bench = make();
    let receiver = Receiver::start();
    let ran = Ran::of(&mut command(&bench, &receiver.url()));
    assert_eq!(ran, expected, "with telemetry, and without");
    assert!(!ran.reported().is_empty(), "it did nothing: {ran:?}");
    Trial { bench, reported: ran.reported(), delivered: balance::batches(&receiver) }
}

impl Trial {
    /// Has a next run, to which the condition applies as well, deliver what is left, and balances the books.
    fn balance(mut self) {
        self.delivered.extend(self.bench.drain());
        Books::new(self.reported, &self.delivered).balance();
    }

    /// Balances the books without a next run: what was not delivered then is lost, and was not to be.
    fn balance_at_once(self) {
        Books::new(self.reported, &self.delivered).balance();
    }
}

/// A condition of the folder that the state is in.
fn place(prepare: impl Fn(&mut Bench)) -> Trial {
    trial(prepare, |bench, url| bench.command(url, WORDS))
}

/// A home, in whatever way, and the state in its usual place.
fn home(prepare: impl Fn(&mut Bench), environment: impl Fn(&Bench) -> Vec<(&'static str, PathBuf)>) -> Trial {
    trial(prepare, |bench, url| {
        let mut command = bench.bare();
        command.arg(format!("endpoint={url}")).args(WORDS.split_whitespace()).envs(environment(bench));
        command.current_dir(bench.path(""));
        command
    })
}

#[test]
fn no_home_of_any_kind() {
    home(|_| {}, |_| vec![]).balance_at_once();
    for value in ["", "relative", ".", "/nonexistent/home", "/dev/null", "/proc", "/dev/null/home"] {
        home(|_| {}, |_| vec![("HOME", value.into())]).balance_at_once();
        home(|_| {}, |bench| vec![("HOME", bench.path("home")), ("XDG_STATE_HOME", value.into())]).balance_at_once();
    }
    let file = |bench: &mut Bench| fs::write(bench.path("home"), "in the way").unwrap();
    home(file, |bench| vec![("HOME", bench.path("home"))]).balance_at_once();
}

/// The state is in the home, whose folder may not be there yet, and the next run finds it.
#[test]
fn a_home_that_is_not_there_yet() {
    let Trial { bench, reported, .. } = trial(
        |_| {},
        |bench, _| {
            let mut command = bench.bare();
            command.args(["work", "nested"]).env("HOME", bench.path("home"));
            command
        },
    );
    let receiver = Receiver::start();
    let mut next = bench.bare();
    Ran::of(next.arg(format!("endpoint={}", receiver.url())).arg("deliver").env("HOME", bench.path("home")));
    Books::new(reported, &balance::batches(&receiver)).balance();
}

#[test]
fn a_home_that_may_only_be_read() {
    if !needs::root() {
        return;
    }
    let read_only = |bench: &mut Bench| {
        bench.give_to(61_001);
        fs::set_permissions(bench.path(""), PermissionsExt::from_mode(0o555)).unwrap();
    };
    place(read_only).balance_at_once();
    // A folder that may not be entered may hold a refusal, as one that was made by `sudo`: nothing is collected, and nothing said of it.
    let unreadable = |bench: &mut Bench| {
        bench.give_to(61_001);
        fs::create_dir(bench.state()).unwrap();
        fs::set_permissions(bench.state(), PermissionsExt::from_mode(0o700)).unwrap();
    };
    let refused = place(unreadable);
    assert!(!refused.reported.is_empty() && refused.delivered.is_empty());
    let unwritable_spool = |bench: &mut Bench| {
        bench.give_to(61_001);
        fs::create_dir_all(bench.spool()).unwrap();
        fs::set_permissions(bench.spool(), PermissionsExt::from_mode(0o555)).unwrap();
    };
    place(unwritable_spool).balance_at_once();
}

#[test]
fn something_else_in_the_place_of_a_folder() {
    let in_place = |path: fn(&Bench) -> PathBuf, make: fn(&Path)| {
        place(|bench| {
            fs::create_dir_all(path(bench).parent().unwrap()).unwrap();
            make(&path(bench));
        })
        .balance_at_once();
    };
    for path in [Bench::state as fn(&Bench) -> PathBuf, Bench::spool] {
        in_place(path, |at| fs::write(at, "in the way").unwrap());
        in_place(path, fifo);
        in_place(path, |at| symlink("/nonexistent/elsewhere", at).unwrap());
        in_place(path, |at| symlink(at, at).unwrap());
        in_place(path, |at| symlink("/dev/null", at).unwrap());
        in_place(path, |at| drop(UnixListener::bind(at).unwrap()));
    }
}

fn fifo(at: &Path) {
    assert!(Command::new("mkfifo").arg(at).status().unwrap().success());
}

/// What somebody else put where slots are is left alone, is waited for by nobody, and another slot is taken.
#[test]
fn something_else_in_the_place_of_slots() {
    let strange = |bench: &mut Bench| {
        fs::create_dir_all(bench.spool()).unwrap();
        fs::create_dir(bench.slot(0)).unwrap();
        fifo(&bench.slot(1));
        fs::write(bench.path("precious"), "precious").unwrap();
        symlink(bench.path("precious"), bench.slot(2)).unwrap();
        symlink("/nonexistent/elsewhere", bench.slot(3)).unwrap();
        symlink(bench.slot(4), bench.slot(4)).unwrap();
        drop(UnixListener::bind(bench.slot(5)).unwrap());
        fs::hard_link(bench.path("precious"), bench.slot(6)).unwrap();
    };
    let Trial { bench, reported, .. } = trial(strange, |bench, _| bench.command(NOBODY, "work nested"));
    let delivered = bench.drain();
    Books::new(reported, &delivered).balance();
    for slot in 0..6 {
        assert!(!fs::symlink_metadata(bench.slot(slot)).unwrap().is_file(), "slot {slot} is as it was");
    }
}

/// A file that has another name elsewhere is no slot of ours, whatever it is called here.
#[test]
fn a_hard_link_in_the_place_of_a_slot() {
    let link = |bench: &mut Bench| {
        fs::create_dir_all(bench.spool()).unwrap();
        fs::write(bench.path("precious"), "precious").unwrap();
        fs::hard_link(bench.path("precious"), bench.slot(0)).unwrap();
    };
    let trial = place(link);
    assert_eq!(fs::read_to_string(trial.bench.path("precious")).unwrap(), "precious");
    trial.balance();
}

#[test]
fn a_device_in_the_place_of_a_slot() {
    if !needs::root() {
        return;
    }
    let devices = |bench: &mut Bench| {
        fs::create_dir_all(bench.spool()).unwrap();
        // Null, zero, full.
        for (slot, minor) in [3, 5, 7].into_iter().enumerate() {
            let mut mknod = Command::new("mknod");
            mknod.arg(bench.slot(u32::try_from(slot).unwrap())).args(["c", "1", &minor.to_string()]);
            assert!(mknod.status().unwrap().success());
        }
    };
    let Trial { bench, reported, .. } = trial(devices, |bench, _| bench.command(NOBODY, "work nested"));
    Books::new(reported, &bench.drain()).balance();
}

/// What another user spooled in the same folder is that user's.
#[test]
fn another_users_files() {
    if !needs::root() {
        return;
    }
    let others = |bench: &mut Bench| {
        bench.give_to(61_002);
        fs::create_dir_all(bench.spool()).unwrap();
        for (slot, mode) in [0o600, 0o444, 0o666, 0o000].into_iter().enumerate() {
            let slot = bench.slot(u32::try_from(slot).unwrap());
            fs::write(&slot, "theirs").unwrap();
            chown(&slot, Some(61_003), Some(61_003)).unwrap();
            fs::set_permissions(&slot, PermissionsExt::from_mode(mode)).unwrap();
        }
        for folder in [bench.state(), bench.spool()] {
            chown(folder, Some(61_002), Some(61_002)).unwrap();
        }
    };
    let Trial { bench, reported, .. } = trial(others, |bench, _| bench.command(NOBODY, "work nested"));
    Books::new(reported, &bench.drain()).balance();
    for slot in [0, 1, 3] {
        assert_eq!(fs::read_to_string(bench.slot(slot)).unwrap(), "theirs", "slot {slot}");
    }
}

/// Foreign files, another version's folder, and slots of names that are nearly ours are left as they are.
#[test]
fn files_of_somebody_else() {
    let foreign = |bench: &mut Bench| {
        for folder in ["spool-1", "spool-2", "spool-0", "spool-10"] {
            fs::create_dir_all(bench.state().join(folder)).unwrap();
            for file in
                ["segment-256", "segment-0", "segment-1000", "segment-", ".segment-00", "segment-00.bak", "notes.txt"]
            {
                fs::write(bench.state().join(folder).join(file), "theirs").unwrap();
            }
        }
        fs::write(bench.state().join("spool-2/segment-00"), "a later version's").unwrap();
        fs::write(bench.state().join("notes.txt"), "theirs").unwrap();
    };
    let trial = place(foreign);
    let state = trial.bench.state();
    trial.bench.drain();
    for folder in ["spool-1", "spool-2", "spool-0", "spool-10"] {
        for file in
            ["segment-256", "segment-0", "segment-1000", "segment-", ".segment-00", "segment-00.bak", "notes.txt"]
        {
            assert_eq!(fs::read_to_string(state.join(folder).join(file)).unwrap(), "theirs", "{folder}/{file}");
        }
    }
    assert_eq!(fs::read_to_string(state.join("spool-2/segment-00")).unwrap(), "a later version's");
    assert_eq!(fs::read_to_string(state.join("notes.txt")).unwrap(), "theirs");
    trial.balance();
}

/// P7: whatever the program lets others do with its files.
#[test]
fn the_spool_is_its_owners_alone() {
    let Trial { bench, reported, .. } = trial(
        |_| {},
        |bench, _| {
            let victim = bench.command(NOBODY, "work nested");
            let mut shell = Command::new("sh");
            shell
                .args(["-c", "umask 0; exec \"$0\" \"$@\""])
                .arg(victim.get_program())
                .args(victim.get_args())
                .env_clear();
            shell
        },
    );
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode(bench.state()), mode(bench.spool())], [0o700; 2]);
    for entry in fs::read_dir(bench.state()).unwrap().chain(fs::read_dir(bench.spool()).unwrap()) {
        let path = entry.unwrap().path();
        assert_eq!(mode(path.clone()), if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
    Books::new(reported, &bench.drain()).balance();
}

/// A mount namespace, in which nobody else sees what is mounted.
struct Mounts(Child);

impl Mounts {
    /// Runs a script that mounts, and keeps what it mounted until the end. `$STATE` is the state folder, which is there.
    fn new(bench: &mut Bench, script: &str) -> Self {
        fs::create_dir_all(bench.state()).unwrap();
        let mut unshare = Command::new("unshare");
        unshare
            .args(["-m", "sh", "-e", "-c"])
            .arg(format!("{script}\necho mounted\nread end"))
            .env("STATE", bench.state());
        let mut child = unshare.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = [0; 8];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut said).unwrap();
        bench.wrap(&format!("nsenter --mount=/proc/{}/ns/mnt", child.id()));
        Self(child)
    }

    /// Has a shell do something there.
    fn shell(bench: &Bench, script: &str) {
        let wrapper = bench.bare();
        let arguments: Vec<_> = wrapper.get_args().take(1).collect();
        let mut shell = Command::new(wrapper.get_program());
        shell.args(arguments).args(["sh", "-e", "-c", script]).env("STATE", bench.state());
        assert!(shell.status().unwrap().success(), "{script}");
    }
}

impl Drop for Mounts {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A run where something is mounted: without telemetry and with it, and the books, after a next run in the same place.
fn mounted(bench: fn() -> Bench, script: &str, words: &str) {
    let mut without = bench();
    let _mounts = Mounts::new(&mut without, script);
    let expected = Ran::of(without.command(NOBODY, words).env("VICTIM_TELEMETRY_LEVEL", "none"));
    let mut bench = bench();
    let _mounts = Mounts::new(&mut bench, script);
    let receiver = Receiver::start();
    let ran = bench.run(&receiver.url(), words);
    assert_eq!(ran, expected, "{script}");
    let mut delivered = balance::batches(&receiver);
    delivered.extend(bench.drain());
    Books { twice: Twice::Unwritten, ..Books::new(ran.reported(), &delivered) }.balance();
}

#[test]
fn a_disk_that_is_full() {
    if !needs::namespaces() {
        return;
    }
    // From no room at all to room for all but the last.
    for size in ["4k", "8k", "16k", "64k"] {
        let script = format!("mount -t tmpfs -o size={size} none $STATE");
        mounted(Bench::new, &script, "work many many many deliver many many nested deliver");
    }
    // No room for a file at all.
    mounted(Bench::new, "mount -t tmpfs -o nr_inodes=1 none $STATE", WORDS);
    mounted(Bench::new, "mount -t tmpfs -o nr_inodes=2 none $STATE", WORDS);
    mounted(Bench::new, "mount -t tmpfs -o ro none $STATE", WORDS);
}

/// A disk that fills up while the program runs, and has room again.
#[test]
fn a_disk_that_is_full_for_a_while() {
    if !needs::namespaces() {
        return;
    }
    for end in ["deliver hang", "hang"] {
        let mut bench = Bench::new();
        let _mounts = Mounts::new(&mut bench, "mount -t tmpfs -o size=1m none $STATE");
        let receiver = Receiver::start();
        let words = format!("work wait many many wait work nested {end}");
        // What is written is followed by what the words print, so that it is known when they are done.
        let mut victim = bench.start(&receiver.url(), &words, "work");
        Mounts::shell(&bench, "dd if=/dev/zero of=$STATE/filler bs=4k 2>/dev/null || :");
        victim.go_on();
        victim.wait_for("many");
        victim.wait_for("many");
        Mounts::shell(&bench, "rm $STATE/filler");
        victim.go_on();
        victim.wait_for("hang");
        let mut reported = victim.kill();
        let mut delivered = balance::batches(&receiver);
        delivered.extend(bench.drain());
        if end == "hang" {
            // What was recorded while there was no room was in memory, and nobody delivered it.
            reported.retain(|number| !(1..129).contains(number));
            assert_eq!(reported, [0, 129, 132, 131, 130]);
        }
        Books { twice: Twice::Unwritten, ..Books::new(reported, &delivered) }.balance();
    }
}

#[test]
fn no_proc_and_no_tmp() {
    if !needs::namespaces() {
        return;
    }
    mounted(Bench::new, "mount -t tmpfs -o ro none /proc", WORDS);
    let folders = ["/tmp", "/dev/shm", "/run"].map(|folder| format!("mount -t tmpfs -o ro none {folder}"));
    mounted(|| Bench::new_in("/var/tmp"), &folders.join("\n"), WORDS);
    trial(
        |_| {},
        |bench, url| {
            let mut command = bench.command(url, WORDS);
            command.env("TMPDIR", "/nonexistent");
            command
        },
    )
    .balance();
}

/// A limit set by `prlimit`, and what is said when it is in force.
fn limited(limit: &str, words: &str) -> Trial {
    trial(|bench| bench.wrap(&format!("prlimit {limit}")), |bench, url| bench.command(url, words))
}

impl Trial {
    /// From now on without the condition.
    fn lifted(mut self) -> Self {
        self.bench.wrap("");
        self
    }
}

/// Where the run record ends, where an event does, and between.
const FILE_SIZES: [u32; 9] = [0, 1, 57, 58, 59, 300, 4096, 10_000, 100_000];

#[test]
fn files_that_may_not_grow() {
    for bytes in FILE_SIZES {
        limited(&format!("--fsize={bytes}"), WORDS).lifted().balance_written();
    }
}

/// In a program that ignores the signal.
#[test]
fn files_that_may_not_grow_and_nobody_dies_of_it() {
    for bytes in FILE_SIZES {
        limited(&format!("--fsize={bytes} env --ignore-signal=XFSZ"), WORDS).lifted().balance_written();
    }
}

impl Trial {
    /// As [`balance`](Self::balance), where it could not be written down what was delivered.
    fn balance_written(mut self) {
        self.delivered.extend(self.bench.drain());
        Books { twice: Twice::Unwritten, ..Books::new(self.reported, &self.delivered) }.balance();
    }
}

/// No descriptor for the spool, or none for the socket, or none from some moment on.
#[test]
fn no_descriptors() {
    for limit in 4..12 {
        limited(&format!("--nofile={limit}"), "work nested many").lifted().balance();
        limited(&format!("--nofile={limit}"), WORDS).lifted().balance();
    }
    // The spool was open already; the socket never.
    limited("--nofile=20", "work starve nested deliver many").lifted().balance();
    // The socket was open already.
    limited("--nofile=20", "work deliver starve nested deliver many").lifted().balance();
}

/// No descriptor for the spool at the first event, but for it and the socket afterwards.
#[test]
fn no_descriptors_at_first() {
    limited("--nofile=20", "starve work nested feed deliver").lifted().balance();
    // Nothing could be kept, and nothing shows.
    limited("--nofile=20", "starve work nested deliver many");
}

#[test]
fn no_descriptors_at_first_and_no_delivery_later() {
    limited("--nofile=20", "starve work feed deliver nested").lifted().balance();
}

/// Leave for so many threads and no more.
fn threads(most: u32, words: &str) -> Trial {
    let limit = |bench: &mut Bench| {
        bench.give_to(61_004 + most);
        bench.wrap(&format!("prlimit --nproc={most} setpriv --reuid={0} --regid={0} --clear-groups", 61_004 + most));
    };
    trial(limit, |bench, url| bench.command(url, words))
}

/// Events are spooled by the program's own threads; who delivers them is found later.
#[test]
fn no_threads() {
    if !needs::root() {
        return;
    }
    let trial = threads(1, WORDS);
    assert!(trial.delivered.is_empty(), "there was a thread after all");
    trial.lifted().balance();
}

#[test]
fn one_thread() {
    if needs::root() {
        threads(2, "work nested fail deliver work deliver").lifted().balance();
        threads(3, "work nested fail deliver work deliver").lifted().balance();
    }
}

/// The clock is decades off, in a run, between two runs …
#[test]
fn a_clock_that_is_wrong() {
    let Some(faketime) = telemetry_tests::faketime_library() else { return };
    let clocks = ["-10y", "+10y", "@1970-01-01 00:00:01", "@2037-12-31 23:59:59"];
    let at = |command: &mut Command, clock: &str| Ran::of(faked(command, faketime).env("FAKETIME", clock));
    for before in clocks {
        for after in clocks {
            let bench = Bench::new();
            let mut reported = at(&mut bench.command(NOBODY, "first=0 work nested"), before).reported();
            reported.extend(at(&mut bench.command(NOBODY, "first=10 work nested"), after).reported());
            let receiver = Receiver::start();
            let ran = at(&mut bench.command(&receiver.url(), "first=20 work deliver work deliver"), after);
            assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("20\nwork\ndeliver\n21\nwork\ndeliver\n", ""));
            reported.extend(ran.reported());
            let mut delivered = balance::batches(&receiver);
            assert_eq!(delivered.iter().map(|batch| batch.events.len()).sum::<usize>(), 20, "{before} {after}");
            delivered.extend(bench.drain());
            Books::new(reported, &delivered).balance();
        }
    }
}

/// … and while a run lasts.
#[test]
fn a_clock_that_jumps() {
    let Some(faketime) = telemetry_tests::faketime_library() else { return };
    for jumps in [["+0", "-10y", "+10y"], ["+0", "+10y", "-10y"]] {
        let mut bench = Bench::new();
        let file = bench.path("clock");
        fs::write(&file, jumps[0]).unwrap();
        let mut env = Command::new("env");
        faked(&mut env, faketime).env("FAKETIME_TIMESTAMP_FILE", &file).env("FAKETIME_NO_CACHE", "1");
        let variables = env.get_envs().map(|(name, value)| format!("{}={}", name.display(), value.unwrap().display()));
        bench.wrap(&format!("env {}", variables.collect::<Vec<_>>().join(" ")));
        let receiver = Receiver::start();
        let words = "work wait nested deliver wait work deliver nested hang";
        let mut victim = bench.start(&receiver.url(), words, "work");
        for (jump, until) in [(jumps[1], "deliver"), (jumps[2], "hang")] {
            fs::write(&file, jump).unwrap();
            victim.go_on();
            victim.wait_for(until);
        }
        let reported = victim.kill();
        let mut delivered = balance::batches(&receiver);
        assert_eq!(delivered.iter().map(|batch| batch.events.len()).sum::<usize>(), 10, "{jumps:?}");
        bench.wrap("");
        delivered.extend(bench.drain());
        Books::new(reported, &delivered).balance();
    }
}

/// Has `FAKETIME` decide for this command alone what the clock says.
fn faked<'a>(command: &'a mut Command, library: &str) -> &'a mut Command {
    command.env("LD_PRELOAD", library).env("DONT_FAKE_MONOTONIC", "1")
}

/// Standard streams that are closed, before telemetry could take their descriptors for its own files.
#[test]
fn closed_standard_streams() {
    for closed in ["<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"] {
        let run = |level: Option<&str>, url: &str| {
            let bench = Bench::new();
            let victim = bench.command(url, WORDS);
            let mut shell = Command::new("sh");
            shell
                .args(["-c", &format!("exec \"$0\" \"$@\" {closed}")])
                .arg(victim.get_program())
                .args(victim.get_args());
            shell.env_clear().envs(level.map(|level| ("VICTIM_TELEMETRY_LEVEL", level)));
            (Ran::of(&mut shell), bench)
        };
        let (expected, _) = run(Some("none"), NOBODY);
        let receiver = Receiver::start();
        let (ran, bench) = run(None, &receiver.url());
        assert_eq!(ran, expected, "{closed}");
        let mut delivered = balance::batches(&receiver);
        delivered.extend(bench.drain());
        Books::new((0..70).collect(), &delivered).balance();
    }
}

/// A receiver that hangs up at once, so that requests are written to closed sockets, in a program that dies of that.
#[test]
fn a_closed_pipe_that_kills() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.incoming().for_each(drop));
    let Trial { bench, reported, .. } =
        trial(|_| {}, |bench, _| bench.command(&url, "sigpipe work many many many many deliver nested deliver"));
    Books::new(reported, &bench.drain()).balance();
}

/// A reader that goes away ends the program as it would without telemetry.
#[test]
fn a_reader_that_goes_away() {
    // It goes on writing until it dies: a process that is just being started elsewhere has the pipe open for a moment.
    for (words, level) in
        [("sigpipe work wait storm", "none"), ("sigpipe work wait storm", "all"), ("work wait work", "all")]
    {
        let mut bench = Bench::new();
        bench.wrap(&format!("env VICTIM_TELEMETRY_LEVEL={level}"));
        let victim = bench.start(NOBODY, words, "work");
        let (status, reported) = victim.hang_up();
        let dies = words.starts_with("sigpipe");
        assert_eq!((status.signal(), status.code()), if dies { (Some(13), None) } else { (None, Some(0)) }, "{level}");
        if level == "all" {
            Books::new(reported, &bench.drain()).balance();
        }
    }
}

//! `soak [--seconds N]`: the server of `examples/hasura` for a while, under load and with receivers that fail in turn; at the end, its books and
//! those of the receivers have to agree, and it may not have grown. Behind `cargo xtask soak`, which builds both for release.
//!
//! ```text
//! a tenth        warm-up: all healthy; of its end, threads and descriptors are noted
//! seven tenths   two halves, the same: each way of failing once, one receiver after another, and then all of them down
//! the rest       all healthy, until threads and descriptors are those of the warm-up; then one fails, and SIGTERM
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]

#[cfg(target_os = "linux")]
mod receivers;
#[cfg(target_os = "linux")]
mod server;

use std::process::ExitCode;

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("soak: what a process takes is read from /proc, which this system does not have");
    ExitCode::FAILURE
}

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seconds = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => Some(60),
        ["--seconds", seconds] => seconds.parse().ok().filter(|seconds| *seconds >= 30),
        _ => None,
    };
    let Some(seconds) = seconds else {
        eprintln!("usage: soak [--seconds N], with 30 or more of them");
        return ExitCode::FAILURE;
    };
    match soak::run(std::time::Duration::from_secs(seconds)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(target_os = "linux")]
mod soak {
    use std::io;
    use std::time::{Duration, Instant};

    use crate::receivers::{Mode, Receiver};
    use crate::server::{Books, Place, Server, Used};

    const SINKS: u32 = 3;
    const LOAD: usize = 2;
    /// How often the process is looked at.
    const LOOK: Duration = Duration::from_millis(100);
    /// So much more memory it may take in the second half than in the first, in the middle: what an allocator leaves between pieces, a quarter of which
    /// was seen where outages came late. A leak of 32 bytes a recorded event is more in a minute, and one of four in ten minutes; so is a bit of each
    /// call that is only counted.
    const GROWTH_KIB: u64 = 4096;
    /// … and at most, since a spike may fall between two looks: a batch for each sink, of a read of the spool, its events, and a body of 1 MiB. In ten
    /// minutes, half of it was seen.
    const SPIKE_KIB: u64 = 12 * 1024;
    /// After so long, everything that an outage left is sent, on a busy machine too.
    const SETTLES: Duration = Duration::from_secs(120);
    /// So often what was left is sent by runs of their own before it is said to be stuck.
    const DRAINS: u32 = 20;

    /// The ways of failing, one of which is all at once.
    const PARTS: u32 = 7;

    /// The highest of some looks, and the one in the middle.
    #[derive(Default)]
    struct Looks(Vec<Used>);

    impl Looks {
        fn most(&self) -> Used {
            let most = |of: fn(&Used) -> u64| self.0.iter().map(of).max().unwrap_or_default();
            Used {
                rss: most(|used| used.rss),
                threads: most(|used| used.threads),
                descriptors: most(|used| used.descriptors),
            }
        }

        fn middle(&self) -> Used {
            let middle = |of: fn(&Used) -> u64| {
                let mut all: Vec<_> = self.0.iter().map(of).collect();
                all.sort_unstable();
                all.get(all.len() / 2).copied().unwrap_or_default()
            };
            Used {
                rss: middle(|used| used.rss),
                threads: middle(|used| used.threads),
                descriptors: middle(|used| used.descriptors),
            }
        }
    }

    /// Looks at a process for a while.
    fn watch(server: &Server, looks: &mut Looks, duration: Duration) -> io::Result<()> {
        let began = Instant::now();
        while began.elapsed() < duration {
            looks.0.push(server.used()?);
            std::thread::sleep(LOOK.min(duration.saturating_sub(began.elapsed())));
        }
        Ok(())
    }

    /// Looks again and again for a while each time, until threads and descriptors are what they were, or until it has had the time to send what
    /// it keeps of an outage: each piece of that is a file that is open. What leaks does not come back.
    fn settle(server: &Server, before: Used, each: Duration) -> io::Result<Used> {
        let began = Instant::now();
        loop {
            let mut looks = Looks::default();
            watch(server, &mut looks, each)?;
            let now = looks.middle();
            let is_as_before = (now.threads, now.descriptors) == (before.threads, before.descriptors);
            if is_as_before || began.elapsed() > SETTLES {
                return Ok(now);
            }
        }
    }

    /// What is to be so, and whether it is.
    #[derive(Default)]
    struct Checks(Vec<(String, bool)>);

    impl Checks {
        fn is(&mut self, what: impl Into<String>, is_so: bool) {
            self.0.push((what.into(), is_so));
        }
    }

    pub(crate) fn run(duration: Duration) -> io::Result<bool> {
        let folder = std::env::temp_dir().join(format!("soak-{}", std::process::id()));
        std::fs::create_dir(&folder)?;
        let is_good = soak(duration, &folder)?;
        if is_good {
            std::fs::remove_dir_all(&folder)?;
        } else {
            println!("what there is of it is in {}", folder.display());
        }
        Ok(is_good)
    }

    fn soak(duration: Duration, folder: &std::path::Path) -> io::Result<bool> {
        let receivers = (0..SINKS).map(|_| Receiver::start()).collect::<io::Result<Vec<_>>>()?;
        let urls: Vec<String> = receivers.iter().map(Receiver::url).collect();
        let place = Place::new(folder, &urls)?;
        let server = place.serve(LOAD)?;
        let all = |mode| receivers.iter().for_each(|receiver| receiver.set(mode));

        // What begins with a process is over by then.
        let mut warm = Looks::default();
        watch(&server, &mut Looks::default(), duration / 20)?;
        watch(&server, &mut warm, duration / 20)?;

        let part = duration * 7 / 10 / (2 * PARTS);
        let (mut halves, mut failing) = ([Looks::default(), Looks::default()], receivers.iter().cycle());
        for looks in &mut halves {
            for mode in Mode::FAILING {
                let receiver = failing.next().ok_or_else(|| io::Error::other("no receiver"))?;
                receiver.set(mode);
                watch(&server, looks, part)?;
                receiver.set(Mode::Healthy);
            }
            all(Mode::Down);
            watch(&server, looks, part)?;
            all(Mode::Healthy);
            // Each fails in another way in the second half.
            failing.next();
        }

        watch(&server, &mut Looks::default(), duration * 3 / 20)?;
        let warm = warm.middle();
        let cool = settle(&server, warm, duration / 20)?;
        receivers.first().ok_or_else(|| io::Error::other("no receiver"))?.set(Mode::Down);
        let ended = server.end()?;
        all(Mode::Healthy);

        let mut drains = Vec::new();
        while !place.is_drained()? && drains.len() < DRAINS as usize {
            drains.push(place.serve(0)?.end()?);
        }
        let is_drained = place.is_drained()?;

        let mut checks = Checks::default();
        agree(&mut checks, &receivers, &ended, &drains, is_drained);
        let middles = halves.each_ref().map(Looks::middle);
        let grown = halves.each_ref().map(|looks| looks.most().rss);
        checks.is(
            format!("the second half takes at most {GROWTH_KIB} KiB more memory than the first, and {SPIKE_KIB} KiB at its highest"),
            middles[1].rss <= middles[0].rss + GROWTH_KIB && grown[1] <= grown[0] + SPIKE_KIB,
        );
        checks.is("as many threads as after the warm-up", warm.threads == cool.threads);
        checks.is("as many descriptors as after the warm-up", warm.descriptors == cool.descriptors);

        println!("{:<12} {:>10} {:>10} {:>8} {:>12}", "", "RSS KiB", "at most", "threads", "descriptors");
        let rows = [("warm-up", warm), ("first half", middles[0]), ("second half", middles[1]), ("at the end", cool)];
        for (at, (name, Used { rss, threads, descriptors })) in rows.into_iter().enumerate() {
            let most = if at == 1 || at == 2 { grown[at - 1].to_string() } else { String::new() };
            println!("{name:<12} {rss:>10} {most:>10} {threads:>8} {descriptors:>12}");
        }
        report(&receivers, &ended, &drains);
        println!();
        for (what, is_so) in &checks.0 {
            println!("{} {what}", if *is_so { "ok    " } else { "NOT SO" });
        }
        Ok(checks.0.iter().all(|(_, is_so)| *is_so))
    }

    /// Holds the books of all runs against those of the receivers.
    fn agree(checks: &mut Checks, receivers: &[Receiver], ended: &Books, drains: &[Books], is_drained: bool) {
        let sinks = u64::from(SINKS);
        checks.is(
            "the run's books balance: recorded is delivered, rejected, lost by a reason, or pending",
            sinks * ended.recorded == ended.delivered + ended.rejected + ended.pending + ended.lost_deliveries(sinks),
        );
        checks.is(
            "something was pending at the end, and what was is delivered by later runs",
            ended.pending > 0 && is_drained,
        );
        let runs = || std::iter::once(ended).chain(drains);
        let owed: u64 =
            runs().map(|books| sinks * books.recorded - books.lost_deliveries(sinks) - books.rejected).sum();
        let received: u64 = receivers.iter().map(|receiver| receiver.accepted().events()).sum();
        checks.is(
            format!("what is owed ({owed}) is what receivers have and said so, each event once ({received})"),
            owed == received,
        );
        // What is said of losses travels as events, which a receiver may have to go without, but not all of them.
        let told = |reason: &str| {
            let of = |receiver: &Receiver| receiver.accepted().losses.get(reason).copied().unwrap_or_default();
            receivers.iter().map(of).max().unwrap_or_default()
        };
        let are_told = ended.lost.iter().all(|(reason, lost)| told(reason) == *lost);
        checks.is(
            "there were losses, and receivers were told of all of them, by reason",
            are_told && !ended.lost.is_empty(),
        );
        let is_counted = |receiver: &Receiver| receiver.accepted().calls.get("Graphql Finished") == Some(&ended.load);
        let may_lack = ended.lost_deliveries(1) > ended.lost("limited");
        checks.is(
            "each receiver was told of every call that was only counted, unless something was given up",
            may_lack || receivers.iter().all(is_counted),
        );
        checks.is("millions of calls", ended.load >= 1_000_000);
    }

    fn report(receivers: &[Receiver], ended: &Books, drains: &[Books]) {
        println!("\nqueries that it asked itself: {}", ended.load);
        println!("the run: {ended}");
        for books in drains {
            println!("a later run: {books}");
        }
        for (at, receiver) in receivers.iter().enumerate() {
            let accepted = receiver.accepted();
            println!(
                "receiver {}: {} events, {} that came again, {} of which it never said that it has them",
                at + 1,
                accepted.events(),
                accepted.again,
                accepted.unanswered()
            );
            println!("  answers: {:?}; losses: {:?}", accepted.requests, accepted.losses);
            println!("  calls that were counted: {:?}", accepted.calls);
        }
    }
}

//! What the standard library has no safe word for: each `unsafe` block is a call of the C library or two. (The only other one is where
//! `stack` walks the stack.)
#![allow(unsafe_code, reason = "calls of the C library, each with why it is sound")]

#[cfg(unix)]
pub(crate) use unix::{
    KeptFromChildren, detach, fork_is_seen, is_remote, largest_file, on_exit, on_fork, without_signals,
};

#[cfg(target_os = "linux")]
pub(crate) use unix::monotonic;

#[cfg(not(unix))]
pub(crate) use elsewhere::{
    KeptFromChildren, detach, fork_is_seen, is_remote, largest_file, on_exit, on_fork, without_signals,
};

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::mem::MaybeUninit;
    use std::os::fd::AsRawFd as _;
    use std::sync::atomic::{AtomicI32, Ordering};

    use once_cell::sync::OnceCell;

    use crate::fork;

    /// From now on, [`fork::depth`] is right in children, they have none of the files that are [kept](KeptFromChildren), and these are called
    /// round each fork. None of them may panic, and the one in the child may do nothing but change atomic numbers.
    pub(crate) fn fork_is_seen(before: extern "C" fn(), in_parent: extern "C" fn(), in_child: extern "C" fn()) {
        static SEEN: OnceCell<()> = OnceCell::new();
        SEEN.get_or_init(|| {
            // SAFETY: the handlers live as long as the program. Those in the child do nothing but change atomic numbers and close
            // files, which is allowed in the child of a process with many threads.
            unsafe {
                libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child));
                libc::pthread_atfork(None, None, Some(begin_anew));
            }
        });
    }

    /// Has a function called in the child of a fork. It must not panic, and do nothing there but change atomic numbers and look at clocks.
    pub(crate) fn on_fork(in_child: extern "C" fn()) {
        // SAFETY: the handler lives as long as the program, and does nothing that is not allowed in the child of a process with many
        // threads.
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    }

    /// Has a function called when the process ends by `exit` or by returning from `main`. It must not panic.
    pub(crate) fn on_exit(handler: extern "C" fn()) {
        // SAFETY: the handler lives as long as the program.
        unsafe { libc::atexit(handler) };
    }

    /// Nanoseconds by the monotonic clock, from some time before this process on: what `Instant` looks at, without what it makes of it.
    #[cfg(target_os = "linux")]
    #[inline]
    pub(crate) fn monotonic() -> u64 {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: it writes to the variable that it is given, which lives longer. Every Linux has this clock.
        unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
        #[allow(
            clippy::cast_sign_loss,
            clippy::useless_conversion,
            reason = "it began at 0; the types are others on other systems"
        )]
        (i64::from(time.tv_sec) as u64).wrapping_mul(1_000_000_000).wrapping_add(i64::from(time.tv_nsec) as u64)
    }

    /// The size beyond which a write to a file would kill the process (`RLIMIT_FSIZE`, SIGXFSZ); `None` for no limit.
    pub(crate) fn largest_file() -> Option<u64> {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: it writes to the variable that it is given, which lives longer.
        let known = unsafe { libc::getrlimit(libc::RLIMIT_FSIZE, &raw mut limit) } == 0;
        #[allow(clippy::useless_conversion, reason = "the type is another one on other systems")]
        (known && limit.rlim_cur != libc::RLIM_INFINITY).then(|| u64::from(limit.rlim_cur))
    }

    /// Files that a forked child is not to have: their locks would end with the child, and not with the process that took them.
    static KEPT: [AtomicI32; 64] = [const { AtomicI32::new(NONE) }; 64];
    const NONE: i32 = -1;

    /// While it lives, no forked child has the file. To end before the file is closed, and not for a file that a child goes on with.
    ///
    /// Of more than 64 files at once, a child keeps the others until it ends.
    #[derive(Debug)]
    pub(crate) struct KeptFromChildren(Option<(&'static AtomicI32, i32)>);

    impl KeptFromChildren {
        pub(crate) fn new(file: &File) -> Self {
            let descriptor = file.as_raw_fd();
            let take = |place: &&AtomicI32| {
                place.compare_exchange(NONE, descriptor, Ordering::AcqRel, Ordering::Relaxed).is_ok()
            };
            Self(KEPT.iter().find(take).map(|place| (place, descriptor)))
        }
    }

    impl Drop for KeptFromChildren {
        fn drop(&mut self) {
            if let Some((place, descriptor)) = self.0 {
                // In a child, it was taken out already.
                let _ = place.compare_exchange(descriptor, NONE, Ordering::AcqRel, Ordering::Relaxed);
            }
        }
    }

    /// Called in the child of a fork, where nothing may be called that takes a lock.
    extern "C" fn begin_anew() {
        fork::note_child();
        for place in &KEPT {
            let descriptor = place.swap(NONE, Ordering::Relaxed);
            if descriptor != NONE {
                // SAFETY: the descriptor is open, for it is taken out of the list before it is closed; what has it in this
                // process is of threads that are not there, or of an engine that is not this process's.
                unsafe { libc::close(descriptor) };
            }
        }
    }

    /// Starts a thread that takes no signal which is sent to the process: the program's handlers run on the program's threads, and
    /// what the program blocks in all of its own to wait for is not taken, or died of, here.
    pub(crate) fn without_signals<T>(start: impl FnOnce() -> T) -> T {
        /// What a thread does to itself; blocked, it would end the process past its handlers.
        const OWN_FAULTS: [i32; 6] =
            [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGTRAP, libc::SIGSYS];
        let (mut all, mut before) = (MaybeUninit::uninit(), MaybeUninit::uninit());
        // SAFETY: they write to the variables that they are given, which live longer; a set is filled before it is read.
        let blocked = unsafe {
            libc::sigfillset(all.as_mut_ptr());
            for signal in OWN_FAULTS {
                libc::sigdelset(all.as_mut_ptr(), signal);
            }
            libc::pthread_sigmask(libc::SIG_BLOCK, all.as_ptr(), before.as_mut_ptr()) == 0
        };
        let started = start();
        if blocked {
            // SAFETY: it reads a set that was written when the signals were blocked.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), std::ptr::null_mut()) };
        }
        started
    }

    /// Makes this process one that belongs to nobody: a session of its own, no file but the standard ones, and an end after so
    /// many seconds at the latest. Returns what standard input was, and puts the null device there.
    ///
    /// Only for a process that has opened nothing itself yet.
    pub(crate) fn detach(seconds: u32) -> Option<File> {
        let null = File::open("/dev/null").ok()?;
        // SAFETY: it makes a copy of a descriptor, or says that it cannot.
        let input = unsafe { libc::fcntl(0, libc::F_DUPFD_CLOEXEC, 3) };
        if input < 0 {
            return None;
        }
        // SAFETY: the descriptor was just made, and belongs to nobody else.
        let input = unsafe { <File as std::os::fd::FromRawFd>::from_raw_fd(input) };
        // SAFETY: they change this process, and take no memory of it.
        unsafe {
            libc::alarm(seconds);
            libc::setsid();
            libc::dup2(null.as_raw_fd(), 0);
        }
        drop(null);
        close_all(3, input.as_raw_fd() - 1);
        close_all(input.as_raw_fd() + 1, i32::MAX);
        Some(input)
    }

    /// Closes every descriptor from one to another, none of which belongs to anything in this process.
    fn close_all(from: i32, to: i32) {
        if to < from {
            return;
        }
        #[cfg(target_os = "linux")]
        // SAFETY: the caller says that nothing uses them.
        let is_done = unsafe { libc::syscall(libc::SYS_close_range, from, to, 0) } == 0;
        #[cfg(not(target_os = "linux"))]
        let is_done = false;
        if !is_done {
            // Linux before 5.9, and other systems.
            for descriptor in from..=to.min(4096) {
                // SAFETY: as above.
                unsafe { libc::close(descriptor) };
            }
        }
    }

    /// Whether a file is on another machine's disk, as far as its file system says.
    #[cfg(target_os = "linux")]
    pub(crate) fn is_remote(file: &File) -> bool {
        // linux/magic.h: NFS, SMB, CIFS, SMB2, 9p, Ceph, AFS, Coda, FUSE.
        const REMOTE: [u32; 9] =
            [0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x0102_1997, 0x00C3_6400, 0x5346_414F, 0x7375_7245, 0x6573_5546];
        let mut told = MaybeUninit::<libc::statfs>::zeroed();
        // SAFETY: it writes to the variable that it is given, whose zeros are a value as well.
        let told = unsafe {
            libc::fstatfs(file.as_raw_fd(), told.as_mut_ptr());
            told.assume_init()
        };
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of 32 bits in a type that differs between systems"
        )]
        REMOTE.contains(&(told.f_type as u32))
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn is_remote(_: &File) -> bool {
        false
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use std::fs::File;

    pub(crate) fn fork_is_seen(_: extern "C" fn(), _: extern "C" fn(), _: extern "C" fn()) {}

    pub(crate) fn on_fork(_: extern "C" fn()) {}

    // The C library's is of the DLL that it is called from, and may run when threads are gone: the guard is what there is.
    pub(crate) fn on_exit(_: extern "C" fn()) {}

    pub(crate) fn largest_file() -> Option<u64> {
        None
    }

    #[derive(Debug)]
    pub(crate) struct KeptFromChildren;

    impl KeptFromChildren {
        pub(crate) fn new(_: &File) -> Self {
            Self
        }
    }

    pub(crate) fn without_signals<T>(start: impl FnOnce() -> T) -> T {
        start()
    }

    // The lock that standard input is elsewhere is not passed on: who comes second finds it taken.
    pub(crate) fn detach(_: u32) -> Option<File> {
        None
    }

    pub(crate) fn is_remote(_: &File) -> bool {
        false
    }
}

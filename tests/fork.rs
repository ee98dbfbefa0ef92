//! What programs do that fork, which the standard library has no word for.
#![allow(unsafe_code, reason = "calls of the C library")]

/// Forks, and has the parent wait for its child's end: true in the child. Where nothing forks, it is as if the child had ended.
#[must_use]
pub fn forked() -> bool {
    #[cfg(unix)]
    {
        // SAFETY: whoever calls this wants to see what its child does, other threads or not.
        let child = unsafe { libc::fork() };
        if child == 0 {
            return true;
        }
        // SAFETY: it is told that nothing is to be written.
        unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
    }
    false
}

//! Texts as salted hashes: equal texts of one installation can be counted, and none can be read, guessed or compared with another's.

#[cfg(feature = "record")]
pub(crate) use salt::{set_random_salt, set_salt_file};

use crate::metrics::open_labels;
use crate::value::{Described, Field, Kind, ListItem, Value, ValueKind};

/// A text that is recorded as a hash of 128 bits, 32 hexadecimal digits (SipHash-2-4).
///
/// The key is random, of this program on this machine, lies in the file `hash-salt` in the state folder and is never sent: who does not
/// have it cannot try texts out. Where there is no such file and none can be made, and before telemetry is started, the field is absent.
/// In a container, in continuous integration and in a function, each run has a key of its own.
///
/// ```
/// use telemetry_runtime::{Hashed, record, tracked};
///
/// #[tracked]
/// fn open(project: &str) {
///     record!(project = Hashed::of(project));
/// }
/// # open("x");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hashed<'a>(&'a str);

impl<'a> Hashed<'a> {
    /// The hash of a text.
    #[must_use]
    pub const fn of(text: &'a str) -> Self {
        Self(text)
    }
}

/// Nothing: the text is not to be seen.
impl std::fmt::Debug for Hashed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hashed")
    }
}

impl Field for Hashed<'_> {
    fn to_value(&self) -> Value {
        #[cfg(feature = "record")]
        return salt::hash(self.0);
        #[cfg(not(feature = "record"))]
        None::<bool>.to_value()
    }
}

impl ListItem for Hashed<'_> {}

open_labels! { Hashed<'static>, Hashed<'_> }

impl Described for Hashed<'_> {
    const KIND: ValueKind = ValueKind(Kind::Hash);
}

#[cfg(feature = "record")]
mod salt {
    use std::borrow::Cow;
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
    use std::sync::{Arc, OnceLock};

    use siphasher::sip128::{Hasher128 as _, SipHasher24};
    use uuid::Uuid;

    use crate::once_file;
    use crate::state::Purges;
    use crate::value::{Raw, Value};

    /// Where the salt is kept, once telemetry was started, and whether the user has had it deleted since.
    static FILE: OnceLock<(PathBuf, Arc<Purges>)> = OnceLock::new();
    /// The salt, once it was asked for; without a lock that a forked child could find locked.
    static SALT: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];
    static STATE: AtomicU8 = AtomicU8::new(UNASKED);
    const UNASKED: u8 = 0;
    const KNOWN: u8 = 1;
    const NONE: u8 = 2;

    /// Has the salt kept in a file, which the first text that is hashed reads or makes.
    pub(crate) fn set_salt_file(path: PathBuf, purges: Arc<Purges>) {
        // A second start records nothing.
        drop(FILE.set((path, purges)));
    }

    /// Has this run's hashes mean nothing in another one.
    pub(crate) fn set_random_salt() {
        know(Uuid::new_v4().as_u128());
    }

    fn know(salt: u128) {
        let (high, low) = Uuid::from_u128(salt).as_u64_pair();
        SALT[0].store(high, Ordering::Relaxed);
        SALT[1].store(low, Ordering::Relaxed);
        STATE.store(KNOWN, Ordering::Release);
    }

    #[cold]
    fn ask() {
        // Who comes at the same time finds the same.
        if let Some((path, purges)) = FILE.get() {
            let salt = if purges.are_newer() { None } else { once_file::read_or_make(path) };
            match salt {
                Some(salt) => know(salt.0),
                None => STATE.store(NONE, Ordering::Release),
            }
        }
    }

    pub(super) fn hash(text: &str) -> Value {
        if STATE.load(Ordering::Acquire) == UNASKED {
            ask();
        }
        if STATE.load(Ordering::Acquire) != KNOWN {
            return Value(Raw::Absent);
        }
        let salt = [SALT[0].load(Ordering::Relaxed), SALT[1].load(Ordering::Relaxed)];
        Value(Raw::Text(Cow::Owned(hashed(salt, text))))
    }

    fn hashed([high, low]: [u64; 2], text: &str) -> String {
        let mut hasher = SipHasher24::new_with_keys(high, low);
        std::hash::Hasher::write(&mut hasher, text.as_bytes());
        format!("{:032x}", hasher.finish128().as_u128())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn equal_texts_are_equal_under_one_salt_only() {
            let one = hashed([1, 2], "alice");
            assert_eq!(one, hashed([1, 2], "alice"));
            assert_ne!(one, hashed([1, 3], "alice"));
            assert_ne!(one, hashed([1, 2], "alice "));
            assert!(one.len() == 32 && !one.contains("alice"));
        }
    }
}

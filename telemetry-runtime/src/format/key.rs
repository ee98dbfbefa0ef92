//! The key by which a receiver knows a program.

use std::fmt;

/// A key that is shown to nobody.
#[derive(Clone)]
pub(super) struct Key(pub(super) String);

impl Key {
    /// The value of an `Authorization` header with the key as the user's name and no password (RFC 7617).
    pub(super) fn basic(&self) -> String {
        format!("Basic {}", base64(format!("{}:", self.0).as_bytes()))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// Bytes as RFC 4648, section 4, writes them.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |part: &[u8]| {
        let bits = part.iter().chain(&[0; 2]).take(3).fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let written = part.len() + 1;
        let digit =
            move |at: usize| if at < written { char::from(DIGITS[(bits >> (18 - 6 * at)) as usize & 63]) } else { '=' };
        (0..4).map(digit).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors of RFC 4648, section 10.
    #[test]
    fn bytes_are_written_as_the_rfc_writes_them() {
        let vectors = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
        let written = vectors.map(|text| base64(text.as_bytes()));
        assert_eq!(written, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
        assert_eq!(base64(&[0xff, 0xfe, 0xfd]), "//79");
    }

    #[test]
    fn a_key_is_not_shown() {
        assert_eq!(format!("{:?}", Key("secret".into())), "Key");
    }
}

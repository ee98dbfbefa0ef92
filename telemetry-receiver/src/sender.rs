//! What is kept of a sender's address: nothing, or a salted hash.

use std::net::IpAddr;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::Error;
use crate::limits::LEAST_SALT_BYTES;

/// Makes a hash of addresses. There are few addresses, so the salt has to be a secret for it to hide anything.
pub(crate) struct Salted(Sha256);

impl Salted {
    /// With a salt of the operator's, or a random one.
    pub(crate) fn new(salt: Option<&str>) -> Result<Self, Error> {
        if salt.is_some_and(|salt| salt.len() < LEAST_SALT_BYTES) {
            return Err(Error::new("the salt for addresses", format!("expected at least {LEAST_SALT_BYTES} bytes")));
        }
        let random = [Uuid::new_v4(), Uuid::new_v4()].map(Uuid::into_bytes).concat();
        let salt = salt.map_or(random, |salt| salt.as_bytes().to_vec());
        let mut hash = Sha256::new();
        // As a whole block, so that no salt and address are another salt and address.
        hash.update(Sha256::digest(salt));
        Ok(Self(hash))
    }

    /// 128 bits, in hex. An IPv4 address that came over IPv6 is the same.
    pub(crate) fn hash(&self, address: IpAddr) -> String {
        let mut hash = self.0.clone();
        match address.to_canonical() {
            IpAddr::V4(address) => hash.update(address.octets()),
            IpAddr::V6(address) => hash.update(address.octets()),
        }
        hash.finalize().iter().take(16).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn salted(salt: Option<&str>) -> Salted {
        Salted::new(salt).ok().unwrap()
    }

    #[test]
    fn a_hash_depends_on_address_and_salt_and_on_nothing_else() {
        let (v4, mapped): (IpAddr, IpAddr) = ("192.0.2.7".parse().unwrap(), "::ffff:192.0.2.7".parse().unwrap());
        let given = salted(Some("black pepper"));
        assert_eq!(given.hash(v4), salted(Some("black pepper")).hash(mapped));
        assert_ne!(given.hash(v4), given.hash("192.0.2.8".parse().unwrap()));
        assert_ne!(given.hash(v4), salted(Some("white pepper")).hash(v4));
        assert_ne!(salted(None).hash(v4), salted(None).hash(v4));
        assert_eq!(given.hash(v4).len(), 32);
        assert!(Salted::new(Some("")).is_err());
    }
}

//! Certificate authorities from files: the program's author's, or the user's by `SSL_CERT_FILE` and `SSL_CERT_DIR`.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ureq::tls::{Certificate, PemItem, parse_pem};

use crate::endpoint::RootCerts;
use crate::limits;

/// What is to be trusted, by the author's choice and the paths that `var` reads.
///
/// # Errors
///
/// Which file or folder has no certificate to give, and why.
pub(crate) fn load(choice: &RootCerts, var: impl Fn(&str) -> Option<PathBuf>) -> Result<ureq::tls::RootCerts, String> {
    if let RootCerts::Pem(file) = choice {
        return of_file(file).map(Into::into).map_err(|why| format!("no certificates from {}: {why}", file.display()));
    }
    let (file, folders) = (var("SSL_CERT_FILE"), var("SSL_CERT_DIR"));
    if file.is_none() && folders.is_none() {
        return Ok(match choice {
            #[cfg(feature = "platform-roots")]
            RootCerts::Platform => ureq::tls::RootCerts::PlatformVerifier,
            RootCerts::Bundled | RootCerts::Pem(_) => ureq::tls::RootCerts::WebPki,
        });
    }
    let (mut certificates, mut faults) = (Vec::new(), Vec::new());
    let from_file = file.iter().map(|file| ("SSL_CERT_FILE", file.clone(), of_file(file)));
    let folders = folders.iter().flat_map(std::env::split_paths);
    let from_folders = folders.map(|folder| ("SSL_CERT_DIR", folder.clone(), of_folder(&folder)));
    for (name, place, found) in from_file.chain(from_folders) {
        match found {
            Ok(found) => certificates.extend(found),
            Err(why) => faults.push(format!("no certificates from {name} ({}): {why}", place.display())),
        }
    }
    if certificates.is_empty() { Err(faults.join("; ")) } else { Ok(certificates.into()) }
}

/// The certificates of a PEM file; what else is in it is passed over. There is at least one.
fn of_file(path: &Path) -> io::Result<Vec<Certificate<'static>>> {
    let metadata = fs::metadata(path)?;
    // A pipe would have the thread wait, and a device need not end.
    if !metadata.is_file() {
        return Err(io::Error::other("not a file"));
    }
    if metadata.len() > limits::ROOT_CERTS_BYTES {
        return Err(io::Error::other("too large"));
    }
    let mut text = Vec::new();
    File::open(path)?.take(limits::ROOT_CERTS_BYTES).read_to_end(&mut text)?;
    let items = parse_pem(&text).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    });
    let certificates: Vec<_> = items.collect();
    if certificates.is_empty() { Err(io::Error::other("none in it")) } else { Ok(certificates) }
}

/// The certificates of a folder's files. There is at least one.
fn of_folder(path: &Path) -> io::Result<Vec<Certificate<'static>>> {
    let files = fs::read_dir(path)?.flatten().filter(|entry| entry.file_name().to_str().is_some_and(is_hash));
    let certificates: Vec<_> = files.filter_map(|entry| of_file(&entry.path()).ok()).flatten().collect();
    if certificates.is_empty() { Err(io::Error::other("none in it")) } else { Ok(certificates) }
}

/// Whether a file is named as OpenSSL looks for it: eight hexadecimal digits of the subject's hash, and a count. The folder has each
/// certificate once more under another name, and the whole list as one file.
fn is_hash(name: &str) -> bool {
    name.split_once('.').is_some_and(|(hash, count)| {
        let is_count = !count.is_empty() && count.bytes().all(|digit| digit.is_ascii_digit());
        hash.len() == 8 && hash.bytes().all(|digit| digit.is_ascii_hexdigit()) && is_count
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_folder_are_known_by_their_hashes() {
        for name in ["00000000.0", "9d04f354.12", "ABCDEF01.1"] {
            assert!(is_hash(name), "{name}");
        }
        for name in ["ca.pem", "9d04f354", "9d04f354.", "9d04f354.r0", "9d04f35.0", "ca-certificates.crt"] {
            assert!(!is_hash(name), "{name}");
        }
    }
}

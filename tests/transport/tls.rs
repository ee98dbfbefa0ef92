//! Whose receivers are trusted, over TLS.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use tempfile::TempDir;

use crate::server::{Request, Server, answer};
use crate::{Commands, DELIVERED, WORK};

/// A certificate authority that nobody knows, and the folder with its file.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("authority.pem"), issuer.pem()).unwrap();
        Self { issuer, folder }
    }

    /// The path of its certificate.
    pub(crate) fn file(&self) -> String {
        self.folder.path().join("authority.pem").to_str().unwrap().to_owned()
    }

    /// A receiver with a certificate for these names.
    pub(crate) fn receiver(&self, names: &[&str]) -> Server {
        self.receiver_with(&certificate(names), rustls::ALL_VERSIONS)
    }

    fn receiver_with(&self, params: &CertificateParams, versions: &[&'static SupportedProtocolVersion]) -> Server {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let config = Arc::new(config);
        Server::raw(move |stream, seen| {
            let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
            if let Some(request) = Request::read(&mut stream) {
                seen.lock().unwrap().push(request);
                answer(&mut stream, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            }
        })
    }
}

fn certificate(names: &[&str]) -> CertificateParams {
    CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap()
}

pub(crate) fn url(receiver: &Server) -> String {
    format!("https://{}/v1/events", receiver.address())
}

#[test]
fn an_authority_that_nobody_knows_is_not_trusted() {
    let receiver = Authority::new().receiver(&["127.0.0.1"]);
    for vars in [None, Some("COMMANDS_PLATFORM_ROOTS")] {
        let mut commands = Commands::new();
        commands.vars.extend(vars.map(|name| (name, "1".to_owned())));
        let said = commands.work(&url(&receiver));
        assert!(said.contains("json: no answer: io: invalid peer certificate: UnknownIssuer"), "{vars:?}: {said}");
        assert!(receiver.requests().is_empty());
        commands.assert_kept(&said);
    }
}

#[test]
fn the_authors_authority_is_trusted_and_the_users_variable_does_not_replace_it() {
    let (authority, other) = (Authority::new(), Authority::new());
    let receiver = authority.receiver(&["127.0.0.1"]);
    for user in ["", &other.file(), "/nowhere"] {
        let commands = Commands::with([("COMMANDS_ROOT_CERTS", &authority.file()), ("SSL_CERT_FILE", user)]);
        let said = commands.work(&url(&receiver));
        assert!(said.contains(DELIVERED), "{user}: {said}");
    }
    let mut commands = Commands::with([("COMMANDS_ROOT_CERTS", &other.file()), ("SSL_CERT_FILE", &authority.file())]);
    let said = commands.work(&url(&receiver));
    assert!(said.contains("json: no answer: io: invalid peer certificate"), "{said}");
    commands.assert_kept(&said);
}

/// A program may go elsewhere before its first request.
#[test]
fn a_file_is_where_it_was_when_the_program_started() {
    let authority = Authority::new();
    let receiver = authority.receiver(&["127.0.0.1"]);
    let commands = Commands::with([("COMMANDS_ROOT_CERTS", "here.pem")]);
    fs::copy(authority.file(), commands.folder.path().join("here.pem")).unwrap();
    let said = commands.say(&url(&receiver), "away work flush status");
    assert!(said.contains(DELIVERED), "{said}");
}

#[test]
fn the_users_authorities_are_trusted_in_place_of_all_others() {
    let authority = Authority::new();
    let receiver = authority.receiver(&["127.0.0.1"]);
    let folder = authority.folder.path().join("hashed");
    fs::create_dir(&folder).unwrap();
    fs::copy(authority.file(), folder.join("9d04f354.0")).unwrap();
    fs::write(folder.join("9d04f354.1"), "not PEM").unwrap();
    let bundle = authority.folder.path().join("bundle.pem");
    let others = [Authority::new().issuer.pem(), "# a comment\n".into(), authority.issuer.pem()].concat();
    fs::write(&bundle, others).unwrap();
    let folders = std::env::join_paths([Path::new("/nowhere"), &folder]).unwrap();
    for (name, value) in [
        ("SSL_CERT_FILE", PathBuf::from(authority.file())),
        ("SSL_CERT_FILE", bundle),
        ("SSL_CERT_DIR", folder),
        ("SSL_CERT_DIR", folders.into()),
    ] {
        for asks_platform in [false, true] {
            let mut commands = Commands::with([(name, value.to_str().unwrap())]);
            commands.vars.extend(asks_platform.then(|| ("COMMANDS_PLATFORM_ROOTS", "1".to_owned())));
            let said = commands.work(&url(&receiver));
            assert!(said.contains(DELIVERED), "{name}={}: {said}", value.display());
        }
    }
    assert_eq!(receiver.names(), WORK.repeat(8));
}

#[test]
fn certificates_that_are_not_there_are_named() {
    let authority = Authority::new();
    let receiver = authority.receiver(&["127.0.0.1"]);
    let at = |name: &str| authority.folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("empty.pem"), "").unwrap();
    fs::write(at("key.pem"), KeyPair::generate().unwrap().serialize_pem()).unwrap();
    fs::write(at("binary.pem"), vec![0xff; 100_000]).unwrap();
    fs::write(at("cut.pem"), &authority.issuer.pem()[..200]).unwrap();
    fs::File::create(at("large.pem")).unwrap().set_len(1 << 40).unwrap();
    let mut files: Vec<_> =
        ["missing", "empty", "key", "binary", "cut", "large"].map(|name| at(&format!("{name}.pem"))).into();
    files.extend([at(""), "/dev/zero".into()]);
    for file in files {
        for name in ["COMMANDS_ROOT_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"] {
            let mut commands = Commands::with([(name, &file)]);
            let said = commands.work(&url(&receiver));
            assert!(said.contains("json: no answer: no certificates from ") && said.contains(&file), "{name}: {said}");
            assert!(name.starts_with("COMMANDS") || said.contains(name), "{said}");
            commands.assert_kept(&said);
        }
    }
    assert!(receiver.requests().is_empty());
}

/// PEM around what is no certificate: there is nobody to trust.
#[test]
fn what_is_no_certificate_vouches_for_nobody() {
    let authority = Authority::new();
    let receiver = authority.receiver(&["127.0.0.1"]);
    let file = authority.folder.path().join("nonsense.pem");
    fs::write(&file, "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n").unwrap();
    let mut commands = Commands::with([("COMMANDS_ROOT_CERTS", file.to_str().unwrap())]);
    let said = commands.work(&url(&receiver));
    assert!(said.contains("json: no answer: "), "{said}");
    commands.assert_kept(&said);
}

/// A file that is put right is read by the next attempt.
#[test]
fn certificates_that_come_later_are_found() {
    let authority = Authority::new();
    let receiver = authority.receiver(&["127.0.0.1"]);
    let commands = Commands::with([("SSL_CERT_FILE", "later.pem")]);
    let program = commands.start(&url(&receiver), "work flush");
    assert!(program.say().contains("2 telemetry events are still to be delivered"));
    fs::copy(authority.file(), commands.folder.path().join("later.pem")).unwrap();
    commands.say(&url(&receiver), "flush");
    assert_eq!(receiver.names(), WORK);
}

#[test]
fn a_certificate_must_be_in_force_and_for_the_host() {
    let authority = Authority::new();
    let mut expired = certificate(&["127.0.0.1"]);
    (expired.not_before, expired.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    let mut early = certificate(&["127.0.0.1"]);
    early.not_before = date_time_ymd(4000, 1, 1);
    for (params, expected) in [
        (expired, "certificate expired"),
        (early, "certificate not valid yet"),
        (certificate(&["elsewhere.example", "127.0.0.2"]), "certificate not valid for name \"127.0.0.1\""),
    ] {
        let receiver = authority.receiver_with(&params, rustls::ALL_VERSIONS);
        let mut commands = Commands::with([("SSL_CERT_FILE", &authority.file())]);
        let said = commands.work(&url(&receiver));
        assert!(said.contains("json: no answer: io: invalid peer certificate: ") && said.contains(expected), "{said}");
        assert!(receiver.requests().is_empty(), "{expected}");
        commands.assert_kept(&said);
    }
}

#[test]
fn both_versions_of_tls_are_spoken() {
    let authority = Authority::new();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let receiver = authority.receiver_with(&certificate(&["127.0.0.1"]), &[version]);
        let said = Commands::with([("SSL_CERT_FILE", &authority.file())]).work(&url(&receiver));
        assert!(said.contains(DELIVERED), "{version:?}: {said}");
        assert_eq!(receiver.names(), WORK);
    }
}

#[test]
fn who_does_not_speak_tls_gets_nothing() {
    for reply in ["", "HTTP/1.1 200 OK\r\n\r\n", "\u{16}\u{3}\u{3}"] {
        let server = Server::raw(move |mut stream, _| {
            stream.read_exact(&mut [0; 5]).unwrap();
            answer(&mut stream, reply);
        });
        let mut commands = Commands::new();
        let said = commands.work(&url(&server));
        assert!(said.contains("json: no answer: "), "{said}");
        commands.assert_kept(&said);
    }
}

#[test]
fn a_handshake_that_takes_for_ever_is_not_waited_for() {
    let server = Server::raw(|mut stream, _| drop(stream.read_to_end(&mut Vec::new())));
    let mut commands = Commands::new();
    let said = commands.work(&url(&server));
    assert!(said.contains("json: no answer: timeout: connect"), "{said}");
    commands.assert_kept(&said);
}

/// Certificates are for TLS: without it the user's variable is not even looked at.
#[test]
fn a_request_without_tls_needs_no_certificates() {
    let receiver = Server::accepting();
    let said = Commands::with([("SSL_CERT_FILE", "/nowhere")]).work(&receiver.url());
    assert!(said.contains(DELIVERED), "{said}");
}

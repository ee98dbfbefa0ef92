//! nginx before a receiver, which fails as it is told: a file in a folder is a fault that is on.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};

use crate::process::{Server, free_address};

/// What it answers, by the name of the fault.
const FAULTS: [(&str, &str); 9] = [
    ("429-seconds", "add_header Retry-After 1 always; return 429;"),
    ("429-date", "add_header Retry-After \"UNTIL\" always; return 429;"),
    ("429", "return 429;"),
    ("500", "return 500;"),
    ("503", "add_header Retry-After 1 always; return 503;"),
    ("401", "return 401;"),
    ("301", "return 301 http://127.0.0.1:9/;"),
    ("308", "return 308 http://127.0.0.1:9/;"),
    ("reset", "return 444;"),
];

/// One, which runs.
pub struct Nginx {
    /// Before the receiver.
    pub addr: SocketAddr,
    /// The same, with TLS and a certificate that is right.
    pub tls: SocketAddr,
    /// … that is another host's.
    pub wrong_host: SocketAddr,
    /// … that was good until 2002.
    pub expired: SocketAddr,
    /// … that an authority nobody knows has signed.
    pub unknown: SocketAddr,
    /// Takes bodies up to 16 KiB.
    pub small: SocketAddr,
    /// Before a receiver that is not there.
    pub dead: SocketAddr,
    /// The authority's certificate.
    pub authority: PathBuf,
    folder: PathBuf,
    _server: Server,
}

impl Nginx {
    /// Starts one. `until` is what it says in `Retry-After` of the fault `429-date`.
    pub fn start(nginx: &Path, folder: PathBuf, receiver: SocketAddr, until: Option<&str>) -> anyhow::Result<Self> {
        fs::create_dir_all(folder.join("faults"))?;
        certificates(&folder)?;
        let mut addresses = Vec::new();
        for _ in 0..7 {
            addresses.push(free_address()?);
        }
        let [addr, tls, wrong_host, expired, unknown, small, dead] = addresses[..] else { unreachable!() };
        let path = folder.display();
        let faults = FAULTS.map(|(name, does)| format!("if (-f {path}/faults/{name}) {{ {does} }}\n")).concat();
        let faults = faults.replace("UNTIL", until.unwrap_or_default());
        let pass = format!("proxy_pass http://{receiver};");
        let plain = |addr, more: &str| format!("server {{ listen {addr}; location / {{ {more} }} }}\n");
        let secure = |addr, name: &str| {
            format!(
                "server {{ listen {addr} ssl; ssl_certificate {path}/{name}.pem; ssl_certificate_key {path}/{name}.key;
                location / {{ {pass} }} }}\n"
            )
        };
        let servers = [
            plain(addr, &format!("{faults}{pass}")),
            plain(small, &format!("client_max_body_size 16k; {pass}")),
            plain(dead, "proxy_pass http://127.0.0.1:9;"),
            secure(tls, "good"),
            secure(wrong_host, "wrong-host"),
            secure(expired, "expired"),
            secure(unknown, "unknown"),
        ]
        .concat();
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|what| format!("{what}_temp_path {path}/{what};\n"))
            .concat();
        // Its workers are to see the folder, which may be root's.
        let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        let user = if is_root { "user root; " } else { "" };
        let configuration = format!(
            "{user}daemon off; pid {path}/pid; error_log {path}/errors; worker_processes 1;\nevents {{}}\n\
             http {{ access_log {path}/access; client_max_body_size 64m; {temporary}{servers} }}\n"
        );
        fs::write(folder.join("nginx.conf"), configuration)?;
        let mut command = Command::new(nginx);
        command.arg("-p").arg(&folder).arg("-c").arg(folder.join("nginx.conf")).args(["-e", "errors"]);
        let server = Server::start(&mut command, &folder.join("log"), dead)?;
        let authority = folder.join("authority.pem");
        Ok(Self { addr, tls, wrong_host, expired, unknown, small, dead, authority, folder, _server: server })
    }

    /// Has a fault on until what is returned is dropped.
    pub fn fault(&self, name: &str) -> anyhow::Result<Fault> {
        let path = self.folder.join("faults").join(name);
        fs::write(&path, "")?;
        Ok(Fault(path))
    }

    /// What it answered to every request, in their order.
    pub fn answers(&self) -> Vec<u16> {
        let lines = fs::read_to_string(self.folder.join("access")).unwrap_or_default();
        let answer = |line: &str| line.split("\" ").nth(1)?.split(' ').next()?.parse().ok();
        lines.lines().filter_map(answer).collect()
    }
}

/// A fault that is on.
pub struct Fault(PathBuf);

impl Drop for Fault {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

fn certificates(folder: &Path) -> anyhow::Result<()> {
    let authority = |name: &str| -> anyhow::Result<CertifiedIssuer<'static, KeyPair>> {
        let mut params = CertificateParams::new([])?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
    };
    let (ours, unknown) = (authority("an authority")?, authority("another authority")?);
    fs::write(folder.join("authority.pem"), ours.pem())?;
    let for_host = |host: &str| CertificateParams::new([host.to_owned()]);
    let mut expired = for_host("127.0.0.1")?;
    (expired.not_before, expired.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
    for (name, params, issuer) in [
        ("good", for_host("127.0.0.1")?, &ours),
        ("wrong-host", for_host("elsewhere.example")?, &ours),
        ("expired", expired, &ours),
        ("unknown", for_host("127.0.0.1")?, &unknown),
    ] {
        let key = KeyPair::generate()?;
        fs::write(folder.join(format!("{name}.pem")), params.signed_by(&key, issuer)?.pem())?;
        fs::write(folder.join(format!("{name}.key")), key.serialize_pem())?;
    }
    Ok(())
}

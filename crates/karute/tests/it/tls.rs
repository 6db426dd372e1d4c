use crate::http::exchange;
use crate::process::{Running, clinic, json};
use base64::Engine as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion, version};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

/// Writes a self-signed certificate for `localhost` and its key; the certificate.
fn certificate(dir: &Path) -> (CertificateDer<'static>, String, String) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let path = |name: &str| dir.join(name).display().to_string();
    let (certificate, key) = (path("tls.pem"), path("tls.key"));
    std::fs::write(&certificate, pem("CERTIFICATE", made.cert.der())).unwrap();
    std::fs::write(&key, pem("PRIVATE KEY", &made.signing_key.serialize_der())).unwrap();
    (made.cert.der().clone(), certificate, key)
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Speaks to the server with one version of TLS only.
fn connect(
    address: &str,
    trusted: &CertificateDer<'static>,
    version: &'static SupportedProtocolVersion,
) -> std::io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let mut connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = TcpStream::connect(address)?;
    connection.complete_io(&mut stream)?;
    Ok(StreamOwned::new(connection, stream))
}

#[test]
fn tls_is_1_3_and_nothing_older_and_tells_browsers_to_stay() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let (trusted, certificate, key) = certificate(dir.path());
    let args = [
        "serve",
        "--data",
        &data,
        "--listen",
        "127.0.0.1:0",
        "--ops-listen",
        "127.0.0.1:0",
        "--tls-certificate",
        &certificate,
        "--tls-key",
        &key,
    ];
    let mut running = Running::start(&args);
    let (url, _) = running.addresses();
    let address = url.strip_prefix("https://").expect("https").to_owned();

    let stream = connect(&address, &trusted, &version::TLS13).unwrap();
    assert_eq!(stream.conn.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_3));
    let answer = exchange(stream, "GET", "localhost", "/fhir/metadata", &[], "");
    assert_eq!(answer.status, 200);
    assert!(answer.header("strict-transport-security").is_some());

    let older = connect(&address, &trusted, &version::TLS12);
    assert!(older.is_err(), "TLS 1.2 was accepted");

    // A renewed certificate is taken over without a restart.
    let (renewed, ..) = self::certificate(dir.path());
    assert!(connect(&address, &renewed, &version::TLS13).is_err());
    running.signal("HUP");
    let began = std::time::Instant::now();
    while connect(&address, &renewed, &version::TLS13).is_err() {
        assert!(began.elapsed().as_secs() < 60, "the certificate was not read again");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(running.stop().0.code(), Some(0));
}

#[test]
fn the_doctor_reads_the_days_of_the_certificate() {
    let dir = tempfile::tempdir().unwrap();
    let data = clinic(dir.path());
    let (_, certificate, key) = certificate(dir.path());
    std::process::Command::new("chmod").args(["600", &key]).status().unwrap();
    let report = json(&["doctor", "--data", &data, "--tls-certificate", &certificate, "--tls-key", &key, "--json"]);
    let tls = report["findings"].as_array().unwrap().iter().find(|f| f["check"] == "tls").unwrap();
    assert_eq!(tls["level"], "ok", "{tls}");
}

//! The certification authority of the simulated world.
use crate::Sandbox;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose};

/// A self-signed authority, new at each start: nothing outside this process can have been certified by it.
pub struct Authority {
    certificate_pem: String,
}

impl Authority {
    pub(crate) fn new() -> Result<Authority, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Karute sandbox CA (test only)");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key)?;
        Ok(Authority { certificate_pem: pem("CERTIFICATE", certificate.der()) })
    }

    /// The certificate in PEM (RFC 7468).
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let encoded = base64::engine::general_purpose::STANDARD.encode(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = tail;
    }
    out.push_str("-----END ");
    out.push_str(label);
    out.push_str("-----\n");
    out
}

pub(crate) async fn certificate(State(sandbox): State<Sandbox>) -> Response {
    let pem = sandbox.inner.authority.certificate_pem().to_owned();
    ([(CONTENT_TYPE, "application/x-pem-file")], pem).into_response()
}

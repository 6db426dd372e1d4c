//! Our signatures and `xmlsec1`'s, each judged by the other.
use crate::setting::{DOCUMENT, LAYOUT, doctor_rules, now, pem, run, signed, trust, world};
use karute_signing::{Part, Refusal, verify};

/// A folder with what `xmlsec1` needs.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let world = world();
    std::fs::write(folder.path().join("root.pem"), pem("CERTIFICATE", world.authority.root().der())).unwrap();
    std::fs::write(folder.path().join("people.pem"), pem("CERTIFICATE", world.authority.people().der())).unwrap();
    std::fs::write(folder.path().join("key.pem"), pem("PRIVATE KEY", &world.doctor.key)).unwrap();
    std::fs::write(folder.path().join("cert.pem"), pem("CERTIFICATE", world.doctor.certificate.der())).unwrap();
    folder
}

const IDS: &[&str] =
    &["--id-attr:id", "PrescriptionDocument", "--id-attr:Id", "KeyInfo", "--id-attr:Id", "SignedProperties"];

#[test]
fn xmlsec1_accepts_our_signature_and_refuses_a_changed_one() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let check = |document: &str| {
        std::fs::write(folder.path().join("signed.xml"), document).unwrap();
        let (root, people, file) = (path("root.pem"), path("people.pem"), path("signed.xml"));
        let mut args =
            vec!["--verify", "--enabled-key-data", "x509", "--trusted-pem", &root, "--untrusted-pem", &people];
        args.extend(["--verification-time", "2026-06-15+10:15:30"]);
        args.extend(IDS);
        args.push(&file);
        run("xmlsec1", &args, b"")
    };
    let document = signed();
    let Some(output) = check(&document) else { return };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}\n{document}");
    assert!(said.contains("SignedInfo References (ok/all): 3/3"), "{said}");

    let changed = document.replace("U0oxCjEs", "U0oxCjEt");
    assert_ne!(changed, document);
    assert!(!check(&changed).unwrap().status.success());
}

/// A template of the profile for `xmlsec1` to fill in; `first` is the transforms of the first reference.
fn template(first: &str, c14n: &str) -> String {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD;
    let certificate = &world().doctor.certificate;
    let exclusive =
        "<ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms>";
    let digest = "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue/>";
    let signature = format!(
        "<PrescriptionSign><ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"PrescriptionSign\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{c14n}\"/><ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/><ds:Reference URI=\"#PrescriptionDocument\">{first}{digest}</ds:Reference><ds:Reference URI=\"#K\">{exclusive}{digest}</ds:Reference><ds:Reference Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"#P\">{exclusive}{digest}</ds:Reference></ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo Id=\"K\"><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo><ds:Object><xades:QualifyingProperties xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\" Target=\"#PrescriptionSign\"><xades:SignedProperties Id=\"P\"><xades:SignedSignatureProperties><xades:SigningTime>2026-06-15T01:15:30Z</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>{}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties></ds:Object></ds:Signature></PrescriptionSign>",
        base64.encode(certificate.der()),
        base64.encode(certificate.fingerprint().0),
    );
    DOCUMENT.replace("</Prescription>", &format!("{signature}</Prescription>"))
}

#[test]
fn we_accept_what_xmlsec1_signed_in_every_form_of_the_profile() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let exclusive =
        "<ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms>";
    let inclusive =
        "<ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/></ds:Transforms>";
    for first in ["", exclusive, inclusive] {
        for c14n in ["http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"] {
            std::fs::write(folder.path().join("template.xml"), template(first, c14n)).unwrap();
            let (key, file, out) = (path("key.pem"), path("template.xml"), path("out.xml"));
            let mut args = vec!["--sign", "--privkey-pem", &key, "--output", &out];
            args.extend(IDS);
            args.push(&file);
            let Some(output) = run("xmlsec1", &args, b"") else { return };
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let document = std::fs::read(folder.path().join("out.xml")).unwrap();
            let verified = verify(&document, &LAYOUT, &trust(), &doctor_rules(), now()).unwrap();
            assert_eq!(verified.signing_time, now());
            assert!(verified.text.starts_with("U0oxCjEs"));

            let changed = String::from_utf8(document).unwrap().replace("U0oxCjEs", "U0oxCjEt");
            assert_eq!(
                verify(changed.as_bytes(), &LAYOUT, &trust(), &doctor_rules(), now()).err(),
                Some(Refusal::DigestMismatch { part: Part::Document })
            );
        }
    }
}

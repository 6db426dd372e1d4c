//! What the tests share: one authority (keys are slow to make), a document, a clock time, and the outside programs.
use karute_japan::{Date, Timestamp};
use karute_signing::authority::{Holder, Issued, TestAuthority};
use karute_signing::{KeySigner, Layout, LocalKey, Role, Rules, Trust};
use std::ffi::OsStr;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

pub(crate) const LAYOUT: Layout = Layout {
    signed: &["Document", "Prescription", "PrescriptionDocument"],
    signed_id: "PrescriptionDocument",
    container: &["Document", "Prescription", "PrescriptionSign"],
    signature_id: "PrescriptionSign",
};

/// The envelope of e-prescription.md section 12 around a short content of our own.
pub(crate) const DOCUMENT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" id=\"Document\" xsi:noNamespaceSchemaLocation=\"EP.xsd\"><Prescription><PrescriptionManagement id=\"PrescriptionManagement\"><Version Value=\"EPS1.0\"/></PrescriptionManagement><PrescriptionDocument id=\"PrescriptionDocument\">U0oxCjEsMSwxMjM0NTY2LDEzLOaetuepuuWGheenkeOCr+ODquODi+ODg+OCrw==</PrescriptionDocument></Prescription></Document>";

pub(crate) fn day(year: i16, month: i8, day: i8) -> Timestamp {
    Timestamp::in_japan(Date::new(year, month, day).unwrap(), 12, 0, 0)
}

/// 15 June 2026, 10:15:30 in Japan.
pub(crate) fn now() -> Timestamp {
    Timestamp::in_japan(Date::new(2026, 6, 15).unwrap(), 10, 15, 30)
}

pub(crate) fn life() -> (Timestamp, Timestamp) {
    (day(2025, 4, 1), day(2029, 3, 31))
}

pub(crate) struct World {
    pub(crate) authority: TestAuthority,
    pub(crate) doctor: Issued,
}

pub(crate) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let authority = TestAuthority::new((day(2020, 1, 1), day(2045, 1, 1))).unwrap();
        let doctor = authority.issue(&Holder::doctor("KAKUU TARO", "架空　太郎", life())).unwrap();
        World { authority, doctor }
    })
}

pub(crate) fn doctor_rules() -> Rules {
    Rules::hpki(&[Role::Doctor, Role::Dentist])
}

pub(crate) fn trust() -> Trust {
    world().authority.trust(&[]).unwrap()
}

pub(crate) fn signer() -> KeySigner<LocalKey> {
    KeySigner::new(world().doctor.local_key().unwrap(), doctor_rules()).unwrap()
}

/// The document, signed by the doctor now.
pub(crate) fn signed() -> String {
    String::from_utf8(signer().sign_now(DOCUMENT.as_bytes(), &LAYOUT, now()).unwrap().document).unwrap()
}

/// Runs a program of the machine; nothing when it is not installed (the test command installs it).
pub(crate) fn run<S: AsRef<OsStr>>(program: &str, args: &[S], input: &[u8]) -> Option<Output> {
    let child =
        Command::new(program).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            skipped(program);
            return None;
        }
        Err(error) => panic!("{program}: {error}"),
    };
    let mut stdin = child.stdin.take().unwrap();
    // A program that needs no input may have closed it.
    let _ = stdin.write_all(input);
    drop(stdin);
    Some(child.wait_with_output().unwrap())
}

#[allow(clippy::print_stderr)]
pub(crate) fn skipped(what: &str) {
    eprintln!("SKIPPED: {what} is not installed; `cargo xtask test` installs it");
}

pub(crate) fn poll<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("the future waits for something that the test does not have"),
    }
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = encoded.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

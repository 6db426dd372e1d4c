//! Debian packages that the tests need, installed when they are missing.
use super::{say, step};
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;

/// (package, how to see that what it brings is there)
const PACKAGES: &[(&str, Presence)] = &[
    ("postgresql", Presence::ServerPrograms),
    ("sqlite3", Presence::Program("sqlite3")),
    ("chromium", Presence::Program("chromium")),
    ("fonts-noto-cjk", Presence::Package("fonts-noto-cjk")),
    ("poppler-utils", Presence::Program("pdftotext")),
    ("qpdf", Presence::Program("qpdf")),
    ("nodejs", Presence::Program("node")),
    ("npm", Presence::Program("npm")),
    ("openssl", Presence::Program("openssl")),
    ("xmlsec1", Presence::Program("xmlsec1")),
    ("libxml2-utils", Presence::Program("xmllint")),
    ("softhsm2", Presence::Program("softhsm2-util")),
];

#[derive(Clone, Copy)]
enum Presence {
    Program(&'static str),
    Package(&'static str),
    ServerPrograms,
}

impl Presence {
    fn holds(self) -> bool {
        match self {
            Presence::Program(name) => std::env::var_os("PATH")
                .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file())),
            Presence::Package(name) => Command::new("dpkg-query")
                .args(["--show", "--showformat=${Status}", name])
                .output()
                .is_ok_and(|output| output.stdout.ends_with(b"ok installed")),
            Presence::ServerPrograms => std::fs::read_dir("/usr/lib/postgresql")
                .is_ok_and(|versions| versions.flatten().any(|version| version.path().join("bin/initdb").is_file())),
        }
    }
}

/// Installs what is missing.
pub(crate) fn ensure(no_install: bool) -> Result<()> {
    let missing: Vec<&str> =
        PACKAGES.iter().filter(|(_, presence)| !presence.holds()).map(|(package, _)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if no_install || !Path::new("/usr/bin/apt-get").exists() {
        bail!("the tests need these Debian packages or their like: {}", missing.join(" "));
    }
    say(&format!("installing {}", missing.join(" ")));
    step(apt().arg("update"))?;
    // The Debian package of PostgreSQL would start a server of its own; the tests bring their own cluster.
    step(apt().args(["install", "--yes", "--no-install-recommends"]).args(&missing))?;
    match PACKAGES.iter().find(|(_, presence)| !presence.holds()) {
        Some((package, _)) => bail!("{package} was installed, but what it should bring is not there"),
        None => Ok(()),
    }
}

fn apt() -> Command {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"));
    let mut command = if root { Command::new("apt-get") } else { Command::new("sudo") };
    if !root {
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    }
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet");
    command
}

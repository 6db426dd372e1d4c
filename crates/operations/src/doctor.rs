//! The examination: findings with what to mend. What needs the network stack or the configuration (certificates,
//! addresses) is examined by the executable and brought here as findings.
use karute_japan::Clock;
use karute_ledger::{Actor, ActorKind, JobFilter, JobState, Ledger, Origin, Tenant, TenantState};
use karute_terminology::{Function, Kind};
use serde::Serialize;
use std::path::Path;

/// How a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// In order.
    Ok,
    /// Works, but should be mended.
    Warning,
    /// Must be mended.
    Error,
}

/// One thing examined.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What was examined: `database`, `key-file`, `clock`, ….
    pub check: &'static str,
    /// How it stands.
    pub level: Level,
    /// What was found, in Japanese.
    pub message: String,
    /// What to do, when something is to be done.
    pub advice: Option<String>,
}

impl Finding {
    /// In order.
    pub fn ok(check: &'static str, message: impl Into<String>) -> Finding {
        Finding { check, level: Level::Ok, message: message.into(), advice: None }
    }
    /// Should be mended.
    pub fn warning(check: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { check, level: Level::Warning, message: message.into(), advice: Some(advice.into()) }
    }
    /// Must be mended.
    pub fn error(check: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { check, level: Level::Error, message: message.into(), advice: Some(advice.into()) }
    }
    /// Two or three lines for people.
    pub fn lines(&self) -> String {
        let mark = match self.level {
            Level::Ok => "正常",
            Level::Warning => "注意",
            Level::Error => "異常",
        };
        match &self.advice {
            None => format!("[{mark}] {}: {}", self.check, self.message),
            Some(advice) => format!("[{mark}] {}: {}\n       対応: {advice}", self.check, self.message),
        }
    }
}

/// Free space below which a warning and an error are given, in bytes.
const DISK_WARNING: u64 = 5 << 30;
const DISK_ERROR: u64 = 512 << 20;

/// Free space of the file system that holds `path`.
pub fn disk(path: &Path, free_bytes: Option<u64>) -> Finding {
    let place = path.display();
    let gib = |bytes: u64| format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30));
    match free_bytes {
        None => Finding::warning("disk", format!("{place} の空き容量を調べられません。"), "df で確かめてください。"),
        Some(free) if free < DISK_ERROR => Finding::error(
            "disk",
            format!("{place} の空きが {} しかありません。", gib(free)),
            "すぐに容量を増やすか、不要なファイルを別の場所へ移してください。記録が書けなくなります。",
        ),
        Some(free) if free < DISK_WARNING => Finding::warning(
            "disk",
            format!("{place} の空きは {} です。", gib(free)),
            "近いうちに容量を増やしてください。",
        ),
        Some(free) => Finding::ok("disk", format!("{place} の空きは {} です。", gib(free))),
    }
}

/// The machine's clock against a moment that is certainly past (the newest file or build time), in Unix seconds.
pub fn clock(clock: &dyn Clock, not_before: i64) -> Finding {
    let now = clock.now();
    if now.as_micros() / 1_000_000 + 60 < not_before {
        Finding::error(
            "clock",
            format!("この機械の時計は {} を指していますが、既に記録された時刻より前です。", now.to_fhir()),
            "NTP（例: ntp.nict.jp）に合わせてください。時刻は記録と監査の証拠になります。",
        )
    } else {
        Finding::ok("clock", format!("現在時刻は {} です。", now.to_fhir()))
    }
}

/// Rights of a secret file, from its Unix mode.
pub fn secret_file(check: &'static str, path: &Path, mode: Option<u32>) -> Finding {
    let place = path.display();
    match mode {
        None => Finding::error(
            check,
            format!("{place} を読めません。"),
            "ファイルの場所と、実行する利用者の権限を確かめてください。",
        ),
        Some(mode) if mode & 0o077 != 0 => Finding::error(
            check,
            format!("{place} を他の利用者も読めます（権限 {:03o}）。", mode & 0o777),
            format!("chmod 600 {place} を実行してください。"),
        ),
        Some(_) => Finding::ok(check, format!("{place} は本人だけが読めます。")),
    }
}

/// The database, the masters, the institutions and their jobs.
pub async fn database(ledger: &Ledger) -> Vec<Finding> {
    if let Err(error) = ledger.ping().await {
        return vec![Finding::error(
            "database",
            format!("データベースが応答しません（{error}）。"),
            "接続先と権限を確かめ、必要なら karute migrate を実行してください。",
        )];
    }
    let mut findings = vec![Finding::ok("database", "応答があり、この版の構造になっています。"), masters(ledger).await];
    match ledger.tenants().await {
        Err(error) => {
            findings.push(Finding::error(
                "tenants",
                format!("施設の一覧を読めません（{error}）。"),
                "データベースを確かめてください。",
            ));
        }
        Ok(tenants) => {
            let active = tenants.iter().filter(|t| t.state == TenantState::Active).count();
            findings.push(Finding::ok("tenants", format!("施設は {} 件、うち利用中 {active} 件です。", tenants.len())));
            findings.push(stuck_jobs(ledger, &tenants).await);
        }
    }
    findings
}

/// The official masters and what is missing for which function.
async fn masters(ledger: &Ledger) -> Finding {
    const ADVICE: &str = "karute masters status で足りない種類を見て、karute masters import で取り込んでください。";
    let editions = match ledger.master_editions().await {
        Ok(editions) => editions,
        Err(error) => return Finding::error("masters", format!("マスターを読めません（{error}）。"), ADVICE),
    };
    let loaded = |kind: Kind| editions.iter().any(|e| e.kind == kind.name());
    let lacking: Vec<&str> =
        Function::ALL.into_iter().filter(|f| !f.missing(loaded).is_empty()).map(Function::label).collect();
    if editions.is_empty() {
        Finding::warning("masters", "お試し用の小さなマスターだけが入っています。診療には使えません。", ADVICE)
    } else if lacking.is_empty() {
        Finding::ok("masters", "必要な公式マスターはすべて入っています。")
    } else {
        Finding::warning("masters", format!("公式マスターが足りない機能があります: {}。", lacking.join("、")), ADVICE)
    }
}

async fn stuck_jobs(ledger: &Ledger, tenants: &[Tenant]) -> Finding {
    let actor = Actor {
        kind: ActorKind::System,
        id: "system:doctor".to_owned(),
        name: "システム（点検）".to_owned(),
        role: "system".to_owned(),
        origin: Origin { method: "cli", ..Origin::default() },
    };
    let mut stuck = Vec::new();
    for tenant in tenants.iter().filter(|t| t.state == TenantState::Active) {
        let filter = JobFilter { states: vec![JobState::Dead], limit: 1_000, ..JobFilter::default() };
        match ledger.access(tenant.id, actor.clone()).jobs(filter).await {
            Ok(jobs) if jobs.is_empty() => {}
            Ok(jobs) => stuck.push(format!("{} {}件", tenant.name, jobs.len())),
            Err(error) => stuck.push(format!("{}（確認できません: {error}）", tenant.name)),
        }
    }
    if stuck.is_empty() {
        Finding::ok("jobs", "送信できずに止まっている処理はありません。")
    } else {
        Finding::warning(
            "jobs",
            format!("送信できずに止まっている処理があります: {}。", stuck.join("、")),
            "GET /api/v1/outgoing?state=stuck で内容を見て、再送または取消をしてください。",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use karute_japan::{ManualClock, Timestamp};

    #[test]
    fn disk_space_is_judged_by_what_is_left() {
        let at = |free| disk(Path::new("/data"), free).level;
        assert_eq!(at(Some(100 << 30)), Level::Ok);
        assert_eq!(at(Some(DISK_WARNING - 1)), Level::Warning);
        assert_eq!(at(Some(DISK_ERROR - 1)), Level::Error);
        assert_eq!(at(None), Level::Warning);
    }

    #[test]
    fn a_key_that_others_can_read_is_an_error_with_the_command_that_mends_it() {
        let finding = secret_file("key-file", Path::new("/k/master.key"), Some(0o100_644));
        assert_eq!(finding.level, Level::Error);
        assert!(finding.lines().contains("chmod 600 /k/master.key"), "{}", finding.lines());
        assert_eq!(secret_file("key-file", Path::new("/k"), Some(0o100_600)).level, Level::Ok);
        assert_eq!(secret_file("key-file", Path::new("/k"), None).level, Level::Error);
    }

    #[test]
    fn a_clock_behind_what_was_recorded_is_an_error() {
        let now = ManualClock::new(Timestamp::from_micros(1_000_000_000_000));
        assert_eq!(clock(&now, 999_000).level, Level::Ok);
        assert_eq!(clock(&now, 1_000_030).level, Level::Ok);
        assert_eq!(clock(&now, 1_000_100).level, Level::Error);
    }
}

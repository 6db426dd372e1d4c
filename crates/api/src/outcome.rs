//! What went wrong, as a FHIR `OperationOutcome` (`http://hl7.org/fhir/R4/operationoutcome.html`).
use http::{HeaderName, HeaderValue, StatusCode, header};
use karute_fhir::validate::{Finding, Severity};
use karute_json::{ErrorKind, Object, ParseError, Value};
use karute_ledger::LedgerError;

/// One issue of an outcome.
#[derive(Clone, Debug)]
pub(crate) struct Issue {
    pub(crate) severity: &'static str,
    pub(crate) code: &'static str,
    /// For people, in Japanese; holds no value of the record.
    pub(crate) text: String,
    pub(crate) diagnostics: Option<String>,
    pub(crate) expression: Option<String>,
}

impl Issue {
    pub(crate) fn error(code: &'static str, text: impl Into<String>) -> Issue {
        Issue { severity: "error", code, text: text.into(), diagnostics: None, expression: None }
    }

    pub(crate) fn warning(code: &'static str, text: impl Into<String>) -> Issue {
        Issue { severity: "warning", ..Issue::error(code, text) }
    }

    pub(crate) fn information(text: impl Into<String>) -> Issue {
        Issue { severity: "information", ..Issue::error("informational", text) }
    }

    pub(crate) fn of_finding(finding: &Finding) -> Issue {
        Issue {
            severity: match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            code: finding.code,
            text: finding.message.clone(),
            diagnostics: None,
            expression: Some(finding.expression.clone()),
        }
    }

    /// A finding of a profile or a numbered rule: what is wrong and how to mend it, the rule beside it.
    pub(crate) fn of_profile_finding(finding: &karute_fhir::profile::Finding) -> Issue {
        let code = match finding.rule.rsplit(':').next() {
            Some("min") => "required",
            Some("binding") => "code-invalid",
            Some("value") => "value",
            Some("max" | "type" | "target" | "target-profile" | "closed") => "structure",
            _ => "business-rule",
        };
        Issue {
            severity: match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            code,
            text: format!("{}{}", finding.message, finding.remedy),
            diagnostics: Some(finding.rule.clone()),
            expression: Some(finding.location.clone()),
        }
    }

    fn to_value(&self) -> Value<'static> {
        let mut issue = Object::new();
        issue.insert("severity", Value::string(self.severity));
        issue.insert("code", Value::string(self.code));
        let mut details = Object::new();
        details.insert("text", Value::string(self.text.clone()));
        issue.insert("details", Value::Object(details));
        if let Some(diagnostics) = &self.diagnostics {
            issue.insert("diagnostics", Value::string(diagnostics.clone()));
        }
        if let Some(expression) = &self.expression {
            issue.insert("expression", Value::Array(vec![Value::string(expression.clone())]));
        }
        Value::Object(issue)
    }
}

/// An `OperationOutcome` with these issues.
pub(crate) fn outcome(issues: &[Issue]) -> Value<'static> {
    let mut outcome = Object::new();
    outcome.insert("resourceType", Value::string("OperationOutcome"));
    outcome.insert("issue", Value::Array(issues.iter().map(Issue::to_value).collect()));
    Value::Object(outcome)
}

/// A refusal: status, issues, further headers.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) issues: Vec<Issue>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, code: &'static str, text: impl Into<String>) -> Failure {
        Failure { status, issues: vec![Issue::error(code, text)], headers: Vec::new() }
    }

    /// 400: the request cannot be understood.
    pub(crate) fn invalid(text: impl Into<String>) -> Failure {
        Failure::new(StatusCode::BAD_REQUEST, "invalid", text)
    }

    /// 400: understood, but not offered.
    pub(crate) fn not_supported(text: impl Into<String>) -> Failure {
        Failure::new(StatusCode::BAD_REQUEST, "not-supported", text)
    }

    /// 404.
    pub(crate) fn not_found() -> Failure {
        let text = "指定されたものは見つかりませんでした。種類と ID を確かめてください。";
        Failure::new(StatusCode::NOT_FOUND, "not-found", text)
    }

    /// 410: it was there and has been deleted.
    pub(crate) fn gone() -> Failure {
        let text = "指定されたものは削除されています。履歴 (_history) では削除前の版を読めます。";
        Failure::new(StatusCode::GONE, "deleted", text)
    }

    /// 403.
    pub(crate) fn forbidden(text: impl Into<String>) -> Failure {
        Failure::new(StatusCode::FORBIDDEN, "forbidden", text)
    }

    /// 412: a precondition (`If-Match`, a conditional search) does not hold.
    pub(crate) fn precondition(code: &'static str, text: impl Into<String>) -> Failure {
        Failure::new(StatusCode::PRECONDITION_FAILED, code, text)
    }

    /// 409: others keep changing the same thing.
    pub(crate) fn contention() -> Failure {
        let text = "同じ対象への変更が重なり、確定できませんでした。何も保存されていません。少し待って、もう一度送ってください。";
        Failure::new(StatusCode::CONFLICT, "conflict", text)
    }

    /// 422 with everything the validator found; `None` when nothing was an error.
    pub(crate) fn of_findings(findings: &[Finding]) -> Option<Failure> {
        if !findings.iter().any(|f| f.severity == Severity::Error) {
            return None;
        }
        Some(Failure {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            issues: findings.iter().map(Issue::of_finding).collect(),
            headers: Vec::new(),
        })
    }

    /// 400 with line and column (413 when the text was too large).
    pub(crate) fn of_parse_error(error: &ParseError) -> Failure {
        let (status, code, what) = describe(&error.kind);
        let mut failure = Failure::new(status, code, format!("{} 行 {} 文字目: {what}", error.line, error.column));
        if let Some(issue) = failure.issues.first_mut() {
            issue.diagnostics = Some(format!("line {}, column {}", error.line, error.column));
        }
        failure
    }

    #[must_use]
    pub(crate) fn at(mut self, expression: impl Into<String>) -> Failure {
        if let Some(issue) = self.issues.first_mut() {
            issue.expression = Some(expression.into());
        }
        self
    }

    #[must_use]
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Failure {
        self.headers.push((name, value));
        self
    }

    /// Every expression moved below `prefix` (an entry of a Bundle).
    #[must_use]
    pub(crate) fn below(mut self, prefix: &str) -> Failure {
        for issue in &mut self.issues {
            let inner = issue.expression.take();
            issue.expression = Some(match inner {
                Some(path) => match path.split_once('.') {
                    Some((_, rest)) => format!("{prefix}.resource.{rest}"),
                    None => format!("{prefix}.resource"),
                },
                None => prefix.to_owned(),
            });
        }
        self
    }

    pub(crate) fn body(&self) -> String {
        outcome(&self.issues).to_json()
    }
}

fn describe(kind: &ErrorKind) -> (StatusCode, &'static str, String) {
    let bad = StatusCode::BAD_REQUEST;
    match kind {
        ErrorKind::Encoding => (bad, "structure", "UTF-8 の JSON ではありません (BOM も使えません)。".to_owned()),
        ErrorKind::UnexpectedCharacter(c) => {
            let shown: String = c.escape_default().collect();
            (bad, "structure", format!("ここに「{shown}」は置けません。JSON の書き方を確かめてください。"))
        }
        ErrorKind::UnexpectedEnd => (bad, "structure", "JSON が途中で終わっています。".to_owned()),
        ErrorKind::TrailingCharacters => (bad, "structure", "JSON の値のあとに余分な文字があります。".to_owned()),
        ErrorKind::DuplicateKey(_) => (
            bad,
            "structure",
            "同じ名前の要素が一つのオブジェクトに 2 回あります。どちらかを取り除いてください。".to_owned(),
        ),
        ErrorKind::LoneSurrogate => (bad, "structure", "サロゲートの片方だけの文字があります。".to_owned()),
        ErrorKind::InvalidEscape => (bad, "structure", "JSON にない「\\」の書き方です。".to_owned()),
        ErrorKind::ControlCharacter => (
            bad,
            "structure",
            "文字列の中に制御文字がそのまま入っています。\\n や \\u00XX と書いてください。".to_owned(),
        ),
        ErrorKind::InvalidNumber => (bad, "structure", "JSON の数値ではありません。".to_owned()),
        ErrorKind::NumberOutOfBounds => (bad, "value", "数値の桁数または指数が大きすぎます。".to_owned()),
        ErrorKind::TooDeep => (bad, "too-costly", "入れ子が深すぎます。".to_owned()),
        ErrorKind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-long", "本文が大きすぎます。".to_owned()),
        _ => (bad, "structure", "JSON として読めません。".to_owned()),
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Failure {
        match error {
            LedgerError::Conflict { .. } => Failure::precondition(
                "conflict",
                "ほかの人が先に変更したため保存しませんでした。最新の版を読み直して、もう一度送ってください。",
            ),
            LedgerError::Exists => {
                Failure::precondition("duplicate", "同じ ID のものがすでにあるため、作成しませんでした。")
            }
            LedgerError::NotFound => Failure::not_found(),
            LedgerError::Guard(_) => Failure::contention(),
            LedgerError::Suspended => Failure::new(
                StatusCode::FORBIDDEN,
                "suppressed",
                "この医療機関は利用停止中です。管理者に連絡してください。",
            ),
            LedgerError::Limit(what) => {
                tracing::warn!(limit = what, "limit exceeded");
                let text =
                    "いま受け付けられる量を超えました。何も保存されていません。少し待って、もう一度送ってください。";
                Failure::new(StatusCode::TOO_MANY_REQUESTS, "throttled", text)
                    .header(header::RETRY_AFTER, HeaderValue::from_static("1"))
            }
            LedgerError::Cursor => Failure::cursor(),
            LedgerError::Unsupported(what) => {
                tracing::debug!(%what, "unsupported query");
                Failure::not_supported("この組み合わせの検索には対応していません。条件を減らしてください。")
            }
            LedgerError::Storage(text) => {
                tracing::error!(error = %text, "storage failed");
                let text = "データベースに一時的に接続できません。何も保存されていません。少し待って、もう一度送ってください。";
                Failure::new(StatusCode::SERVICE_UNAVAILABLE, "transient", text)
                    .header(header::RETRY_AFTER, HeaderValue::from_static("5"))
            }
            LedgerError::Closed => {
                let text = "サーバーは停止の途中です。少し待って、もう一度送ってください。";
                Failure::new(StatusCode::SERVICE_UNAVAILABLE, "transient", text)
                    .header(header::RETRY_AFTER, HeaderValue::from_static("5"))
            }
            other => {
                tracing::error!(error = %other, "ledger failed");
                let text = "サーバーで問題が起きました。何も保存されていません。管理者に要求番号を伝えてください。";
                Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "exception", text)
            }
        }
    }
}

impl Failure {
    /// 400: a paging link of somebody else, of another search, or too old.
    pub(crate) fn cursor() -> Failure {
        let text = "次ページのリンクが正しくないか、期限が切れています。検索を最初からやり直してください。";
        Failure::new(StatusCode::BAD_REQUEST, "expired", text)
    }
}

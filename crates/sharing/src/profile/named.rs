//! Names that the code asks for; a profile without one of them is refused.

pub(super) type Names = &'static [&'static str];

const TARGET: Names = &["insured", "system", "value"];

/// Messages with the items of their requests and results.
pub(super) const MESSAGES: &[(&str, Names, Names)] = &[
    ("document-register", &["info"], &["receipt"]),
    ("document-cancel", TARGET, &[]),
    ("document-change", &["info"], &["receipt"]),
    ("status", &["receipt", "insured", "system", "value"], &["state"]),
    ("list", &["from", "to", "consent", "received", "page"], &["pages"]),
    ("get", &["key"], &["info"]),
    ("attach", &["insured", "system", "value", "number", "type", "name", "data"], &[]),
    ("attachment", &["key", "number"], &["type", "name", "data"]),
    ("checkup-register", &["info"], &["receipt"]),
    ("checkup-cancel", TARGET, &[]),
    ("checkup-change", &["info"], &["receipt"]),
    ("summary-register", &["info"], &["receipt"]),
    ("summary-cancel", TARGET, &[]),
    ("summary-change", &["info"], &["receipt"]),
    ("unit-register", &["info"], &["receipt"]),
    ("unit-cancel", TARGET, &[]),
    ("unit-change", &["info"], &["receipt"]),
    ("masters", &["kind", "version"], &["version", "file"]),
    ("participation", &["code", "name"], &[]),
    ("view", &["from", "to", "category", "treatment"], &["ending", "words"]),
];

pub(super) const LISTS: &[(&str, Names)] = &[
    ("xml", &["code", "message"]),
    ("fhir", &["code", "message", "location"]),
    (
        "documents",
        &[
            "key",
            "sender-code",
            "sender-name",
            "kana",
            "birth",
            "sex",
            "insured",
            "kind",
            "at",
            "consent",
            "received",
            "attachments",
            "size",
        ],
    ),
    ("facilities", &["code", "name", "takes-part"]),
    ("view", &["kind", "code", "name", "department", "registered", "data"]),
];

pub(super) const TIMING: Names = &[
    "pickup_timeout_ms",
    "poll_ms",
    "answer_timeout_ms",
    "status_first_ms",
    "status_second_ms",
    "status_third_ms",
    "status_later_ms",
    "status_until_ms",
    "list_every_ms",
    "list_window_days",
    "settle_ms",
    "undo_ms",
    "rest_ms",
    "view_months",
    "view_consent_ms",
];

pub(super) const ENVELOPE: Names = &[
    "schema",
    "version",
    "root",
    "management",
    "version_element",
    "kind",
    "target",
    "insured",
    "system",
    "value",
    "destination",
    "destination_code",
    "consent",
    "consent_flag",
    "consent_time",
    "consent_method",
    "supersedes",
    "document",
    "sign",
];
pub(super) const KINDS: Names = &["referral", "checkup", "summary", "conditions", "allergies", "results"];
pub(super) const STATES: Names = &["accepted", "checking", "registered", "failed", "received", "cancelled", "expired"];
pub(super) const CODES: Names = &[
    "malformed",
    "unreadable",
    "institution_mismatch",
    "invalid",
    "too_large",
    "mixed",
    "person",
    "addressee",
    "not_found",
    "already_received",
    "already_there",
    "consent",
    "signature",
    "maintenance",
    "injected",
    "view_consent",
    "view_nothing",
];
pub(super) const VIEW_KINDS: Names =
    &["diseases", "infections", "drug_allergies", "other_allergies", "results", "prescriptions"];
/// Items of the header of [`MESSAGES`]' `view`.
pub(super) const VIEW_HEADER: Names = &["insurer", "symbol", "number", "branch"];
/// Texts and numbers.
pub(super) const WEBAPI: (Names, Names) = (&["login_path", "call_path", "correlation_header"], &["token_life_s"]);
pub(super) const CLOUD: (Names, Names) = (
    &["token_path", "call_path", "scope", "institution_header", "request_header", "idempotency_header"],
    &["assertion_life_s", "token_life_s"],
);

//! Connector to the record sharing service (電子カルテ情報共有サービス).
//!
//! * [`document`]: the chart's content as JP-CLINS documents and information units, and what was received read back.
//!
//! Source: the specification digests `clins-service` and `jp-fhir`, made of public texts; what they mark as assumed is
//! marked in `profile.toml`.

pub mod document;

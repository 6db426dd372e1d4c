//! Bundles as text: resources go in as the bytes that are stored.
use crate::http::etag::etag;
use crate::request::Base;
use karute_json::Value;
use karute_ledger::{Operation, Version};

/// Writes a `searchset` or `history` Bundle.
pub(crate) struct BundleWriter {
    out: String,
    entries: usize,
}

impl BundleWriter {
    /// Starts a Bundle. `links` are (relation, address).
    pub(crate) fn new(kind: &str, total: Option<u64>, links: &[(&str, String)]) -> BundleWriter {
        let mut out = String::with_capacity(4096);
        out.push_str("{\"resourceType\":\"Bundle\",\"type\":");
        string(&mut out, kind);
        if let Some(total) = total {
            out.push_str(",\"total\":");
            out.push_str(&total.to_string());
        }
        for (i, (relation, url)) in links.iter().enumerate() {
            out.push_str(if i == 0 { ",\"link\":[{\"relation\":" } else { ",{\"relation\":" });
            string(&mut out, relation);
            out.push_str(",\"url\":");
            string(&mut out, url);
            out.push('}');
        }
        if !links.is_empty() {
            out.push(']');
        }
        BundleWriter { out, entries: 0 }
    }

    fn start(&mut self) {
        self.out.push_str(if self.entries == 0 { ",\"entry\":[{" } else { ",{" });
        self.entries += 1;
    }

    /// Makes room for resources of this many bytes altogether.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        self.out.reserve(bytes);
    }

    /// A search result. `body` is the stored text or a part of it.
    pub(crate) fn found(&mut self, base: &Base, version: &Version, body: &str, mode: &str) {
        self.start();
        self.full_url(base, version);
        self.out.push_str(",\"resource\":");
        self.out.push_str(body);
        self.out.push_str(",\"search\":{\"mode\":");
        string(&mut self.out, mode);
        self.out.push_str("}}");
    }

    /// A resource without an address (an OperationOutcome of the search, an audit event of the view).
    pub(crate) fn loose(&mut self, full_url: Option<&str>, body: &str, mode: &str) {
        self.start();
        if let Some(url) = full_url {
            self.out.push_str("\"fullUrl\":");
            string(&mut self.out, url);
            self.out.push(',');
        }
        self.out.push_str("\"resource\":");
        self.out.push_str(body);
        self.out.push_str(",\"search\":{\"mode\":");
        string(&mut self.out, mode);
        self.out.push_str("}}");
    }

    /// A version in a history.
    pub(crate) fn version(&mut self, base: &Base, version: &Version, body: &str) {
        self.start();
        self.full_url(base, version);
        if version.operation != Operation::Deleted {
            self.out.push_str(",\"resource\":");
            self.out.push_str(body);
        }
        // Whether a first version came by POST or by PUT makes no difference to who replays the history.
        let (method, status) = match version.operation {
            Operation::Created => ("PUT", "201"),
            Operation::Updated => ("PUT", "200"),
            Operation::Deleted => ("DELETE", "204"),
        };
        self.out.push_str(",\"request\":{\"method\":");
        string(&mut self.out, method);
        self.out.push_str(",\"url\":");
        string(&mut self.out, &format!("{}/{}", version.resource_type, version.id));
        self.out.push_str("},\"response\":{\"status\":");
        string(&mut self.out, status);
        self.out.push_str(",\"etag\":");
        string(&mut self.out, &etag(version.version));
        self.out.push_str(",\"lastModified\":");
        string(&mut self.out, &version.updated.to_fhir());
        self.out.push_str("}}");
    }

    fn full_url(&mut self, base: &Base, version: &Version) {
        self.out.push_str("\"fullUrl\":");
        string(&mut self.out, &format!("{}/{}/{}", base.fhir(), version.resource_type, version.id));
    }

    /// The whole Bundle.
    pub(crate) fn finish(mut self) -> String {
        if self.entries > 0 {
            self.out.push(']');
        }
        self.out.push('}');
        self.out
    }
}

/// Appends a JSON string.
pub(crate) fn string(out: &mut String, plain: &str) {
    Value::string(plain).write(out);
}

//! Snapshots without secrets, and how to recognise them.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Snapshot;
use crate::secret::Secret;

/// Stands where a secret was.
const LEFT_OUT: &str = "(left out)";

/// Parts of the names of fields and headers that hold a secret.
const SECRET: [&str; 9] = [
    "token",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "credential",
    "api_key",
    "api-key",
    "private_key",
];

/// Ends of the names of fields that only say where a secret is.
const PLACE: [&str; 6] = ["_name", "_uri", "_url", "_file", "_path", "_endpoint"];

/// Headers whose value is a secret, by what is in their names.
const HEADERS: [&str; 2] = ["authorization", "cookie"];

/// Messages of Envoy's API of which only the place of a secret is kept.
const MESSAGES: [&str; 5] =
    ["private_key", "password", "session_ticket_keys", "generic_secret", "private_key_provider"];

impl Snapshot {
    /// This snapshot without private keys, fit to be shown or attached to a report.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        self.drop_leaf_keys();
        self.each_text(&Redaction { known: &[], is_deep: false });
        self
    }

    /// The same without tokens and other secrets, and without what Envoy says of any; `known` are secrets by themselves.
    #[must_use]
    pub fn for_support(mut self, known: &[&Secret]) -> Self {
        self.drop_leaf_keys();
        let redaction = Redaction { known, is_deep: true };
        self.each_text(&redaction);
        if let Some(envoy) = &mut self.envoy {
            let envoy = Arc::make_mut(envoy);
            for value in
                [&mut envoy.server_info, &mut envoy.config_dump, &mut envoy.clusters, &mut envoy.certs]
            {
                redaction.value(value);
            }
            for text in [&mut envoy.error, &mut envoy.listeners, &mut envoy.stats] {
                redaction.text(text);
            }
        }
        self
    }

    fn drop_leaf_keys(&mut self) {
        for leaf in Arc::make_mut(&mut self.leaves).values_mut() {
            Arc::make_mut(leaf).private_key_pem = Secret::default();
        }
    }

    /// Settings that may hold anything.
    fn each_text(&mut self, redaction: &Redaction<'_>) {
        redaction.object(&mut self.gateway.proxy.config);
        for entry in [&mut self.proxy_defaults, &mut self.mesh].into_iter().flatten() {
            redaction.value(entry);
        }
    }

    /// Whether a leaf lacks its private key, so that this snapshot alone cannot serve traffic.
    pub fn is_redacted(&self) -> bool {
        self.leaves.values().any(|leaf| leaf.private_key_pem.is_empty())
    }
}

/// What is left out.
struct Redaction<'a> {
    /// Secrets by themselves.
    known: &'a [&'a Secret],
    /// Whether more than private keys is left out.
    is_deep: bool,
}

impl Redaction<'_> {
    fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(fields) => self.object(fields),
            _ => {}
        }
    }

    fn object(&self, fields: &mut Map<String, Value>) {
        if self.is_deep {
            // A header, or a key of metadata.
            let name = fields.get("key").or_else(|| fields.get("header_name")).and_then(Value::as_str);
            if name.is_some_and(|name| is_secret(name) || has_any(name, &HEADERS)) {
                for (_, held) in fields.iter_mut().filter(|(field, _)| field.ends_with("value")) {
                    leave_out(held);
                }
            }
        }
        for (name, value) in fields {
            match value {
                _ if !self.is_deep => self.value(value),
                Value::Object(message) if MESSAGES.contains(&name.as_str()) => inline(message),
                Value::Array(items) if name == "initial_metadata" => {
                    for held in items.iter_mut().filter_map(|item| item.get_mut("value")) {
                        leave_out(held);
                    }
                }
                Value::String(text) if !text.is_empty() && (name == "config_yaml" || is_secret(name)) => {
                    LEFT_OUT.clone_into(text);
                }
                _ => self.value(value),
            }
        }
    }

    fn text(&self, text: &mut String) {
        while let Some(block) = private_key(text) {
            text.replace_range(block, LEFT_OUT);
        }
        for known in self.known.iter().map(|known| known.expose()).filter(|known| known.len() >= 8) {
            if text.contains(known) {
                *text = text.replace(known, LEFT_OUT);
            }
        }
        // Settings of Envoy are texts of JSON.
        if self.is_deep
            && text.trim_start().starts_with(['{', '['])
            && let Ok(read) = serde_json::from_str::<Value>(text)
        {
            let mut redacted = read.clone();
            self.value(&mut redacted);
            if redacted != read {
                *text = redacted.to_string();
            }
        }
    }
}

/// Where the first private key in PEM is.
fn private_key(text: &str) -> Option<std::ops::Range<usize>> {
    const END: &str = "PRIVATE KEY-----";
    let label = text.find(END)?;
    let start = text.get(..label)?.rfind("-----BEGIN ").unwrap_or(label);
    let rest = text.get(label + END.len()..)?;
    let end = rest.find(END).map_or(text.len(), |end| label + END.len() + end + END.len());
    Some(start..end)
}

fn has_any(name: &str, parts: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    parts.iter().any(|part| name.contains(part))
}

fn is_secret(name: &str) -> bool {
    has_any(name, &SECRET) && !PLACE.iter().any(|end| name.to_ascii_lowercase().ends_with(end))
}

fn leave_out(value: &mut Value) {
    if value.as_str() != Some("") {
        *value = LEFT_OUT.into();
    }
}

/// Leaves out what a message holds, and keeps the file that it names.
fn inline(message: &mut Map<String, Value>) {
    for (name, value) in message {
        match value {
            Value::Object(inner) => inline(inner),
            Value::Array(items) => items.iter_mut().filter_map(Value::as_object_mut).for_each(inline),
            _ if ["filename", "environment_variable", "provider_name"].contains(&name.as_str()) => {}
            value => leave_out(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::secret::Secret;
    use crate::snapshot::{EnvoyAnswers, Leaf, Snapshot};

    const KEY: &str = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n";

    #[test]
    fn redaction_drops_private_keys_and_keeps_certificates() {
        let mut snapshot = Snapshot::default();
        let leaf = Leaf { cert_pem: "C".into(), private_key_pem: Secret::new("K"), ..Leaf::default() };
        std::sync::Arc::make_mut(&mut snapshot.leaves).insert("web".into(), leaf.into());
        snapshot.gateway.proxy.config.insert("x".to_owned(), json!(format!("a{KEY}b{KEY}")));
        let redacted = snapshot.redacted();
        assert!(redacted.is_redacted());
        assert_eq!(redacted.leaves["web"].cert_pem, "C");
        assert_eq!(redacted.gateway.proxy.config["x"], json!("a(left out)\nb(left out)\n"));
        assert!(!serde_json::to_string(&redacted).unwrap().contains("PrivateKeyPEM"));
    }

    #[test]
    fn nothing_secret_is_in_what_goes_to_support() {
        let clusters =
            json!({"password": "s1-secret", "tls": {"private_key": {"inline_string": KEY}}}).to_string();
        let dump = json!({"configs": [
            {"bootstrap": {
                "node": {"id": "gw", "metadata": {"api_key": "s2-secret"}},
                "grpc": {"initial_metadata": [{"key": "x-consul", "value": "s3-secret"}]},
                "static_secrets": [{"tls_certificate": {
                    "certificate_chain": {"inline_string": "C"},
                    "private_key": {"inline_bytes": "s4-secret", "filename": "/key.pem"},
                }, "generic_secret": {"secret": {"inline_string": "s5-secret"}}}],
            }},
            {"listener": {"request_headers_to_add": [{"header": {"key": "Authorization", "value": "s6-secret"}}],
                          "name": "x with the-known-token", "secret_name": "kept-name", "token_uri": "kept-uri"}},
        ]});
        let mut snapshot = Snapshot {
            envoy: Some(
                EnvoyAnswers {
                    config_dump: dump,
                    server_info: json!({"command_line_options": {"config_yaml": "token: s7-secret", "config_path": "kept-path"}}),
                    stats: "a.the-known-token.b: 1".to_owned(),
                    ..EnvoyAnswers::default()
                }
                .into(),
            ),
            proxy_defaults: Some(json!({"Config": {"envoy_tracing_json": json!({"access_token": "s8-secret"}).to_string()}})),
            ..Snapshot::default()
        };
        snapshot.gateway.proxy.config.insert("envoy_extra_static_clusters_json".to_owned(), json!(clusters));
        let text = snapshot.for_support(&[&Secret::new("the-known-token")]).to_json();
        for secret in
            ["-secret\"", "s1-", "s2-", "s3-", "s4-", "s5-", "s6-", "s7-", "s8-", "AAAA", "known-token"]
        {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        for kept in ["\"C\"", "/key.pem", "kept-name", "kept-uri", "kept-path", "Authorization", "x-consul"] {
            assert!(text.contains(kept), "{kept}: {text}");
        }
    }
}

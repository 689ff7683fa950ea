//! Snapshots without private keys, and how to recognise them.

use std::sync::Arc;

use super::Snapshot;
use crate::secret::Secret;

impl Snapshot {
    /// This snapshot without private keys, fit to be shown or attached to a report.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        for leaf in Arc::make_mut(&mut self.leaves).values_mut() {
            Arc::make_mut(leaf).private_key_pem = Secret::default();
        }
        self
    }

    /// Whether a leaf lacks its private key, so that this snapshot alone cannot serve traffic.
    pub fn is_redacted(&self) -> bool {
        self.leaves.values().any(|leaf| leaf.private_key_pem.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use crate::secret::Secret;
    use crate::snapshot::{Leaf, Snapshot};

    #[test]
    fn redaction_drops_private_keys_and_keeps_certificates() {
        let mut snapshot = Snapshot::default();
        let leaf = Leaf { cert_pem: "C".into(), private_key_pem: Secret::new("K"), ..Leaf::default() };
        std::sync::Arc::make_mut(&mut snapshot.leaves).insert("web".into(), leaf.into());
        let redacted = snapshot.redacted();
        assert!(redacted.is_redacted());
        assert_eq!(redacted.leaves["web"].cert_pem, "C");
        assert!(!serde_json::to_string(&redacted).unwrap().contains("PrivateKeyPEM"));
    }
}

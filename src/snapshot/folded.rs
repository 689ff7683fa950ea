//! Names without regard to case.
//!
//! Consul's state store finds entries so, and Envoy compares SNIs so. What goes into certificates keeps its spelling.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use super::{ServiceResolver, Snapshot};

/// `name` in lower case.
pub fn folded(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Reads a map by names of any case.
pub(super) fn folded_keys<'de, D, T>(deserializer: D) -> Result<Arc<BTreeMap<String, T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let map: BTreeMap<String, T> = Deserialize::deserialize(deserializer)?;
    Ok(Arc::new(map.into_iter().map(|(name, value)| (folded(&name).into_owned(), value)).collect()))
}

impl Snapshot {
    /// The service-resolver of `service`.
    ///
    /// Consul: it is found whatever its case, unlike a service-defaults entry, which has to be spelled like the service.
    pub fn service_resolver(&self, service: &str) -> Option<&ServiceResolver> {
        self.service_resolvers.get(folded(service).as_ref())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::snapshot::Snapshot;
    use crate::snapshot::assemble::Answer;

    #[test]
    fn a_resolver_is_found_whatever_its_case() {
        let written = json!({"ServiceResolvers": {"Web": {"DefaultSubset": "v1"}}});
        let mut snapshot: Snapshot = serde_json::from_value(written).unwrap();
        let default = |snapshot: &Snapshot, name: &str| {
            snapshot.service_resolver(name).map(|resolver| resolver.default_subset.clone())
        };
        assert_eq!(default(&snapshot, "wEB"), Some("v1".into()));
        let answer = json!([{"Name": "WEB", "DefaultSubset": "v2"}]);
        snapshot.apply(Answer::ServiceResolvers, 200, answer.to_string().as_bytes()).unwrap();
        assert_eq!(default(&snapshot, "web"), Some("v2".into()));
        snapshot.replace_entry("service-resolver", "weB", Some(json!({"DefaultSubset": "v3"}))).unwrap();
        assert_eq!(default(&snapshot, "Web"), Some("v3".into()));
        snapshot.links =
            std::sync::Arc::new(vec![serde_json::from_value(json!({"Service": {"Name": "Web"}})).unwrap()]);
        snapshot.prune();
        assert_eq!(default(&snapshot, "Web"), Some("v3".into()));
        snapshot.replace_entry("service-resolver", "Web", None).unwrap();
        assert_eq!(default(&snapshot, "Web"), None);
    }
}

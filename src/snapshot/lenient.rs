//! Leaves out parts of an unexpected form one by one, and reports them, so that all others are used.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Leaf, Snapshot, folded};
use crate::excerpt;

/// Something that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Unreadable {
    /// What it is.
    pub part: Part,
    /// The service that it is about; `*` if that is unknown, or for all.
    pub service: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// A linked service.
    Link,
    Instance,
    /// A leaf certificate.
    Leaf,
    /// A `service-defaults` entry.
    ServiceDefaults,
    /// A `service-resolver` entry.
    ServiceResolver,
    /// An intention on the service.
    Intention,
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Link => "link",
            Self::Instance => "instance",
            Self::Leaf => "certificate",
            Self::ServiceDefaults => "service-defaults entry",
            Self::ServiceResolver => "service-resolver entry",
            Self::Intention => "intention",
        })
    }
}

impl Part {
    /// The service that `value` is about, as far as it says so.
    fn service(self, value: &Value) -> String {
        let name = match self {
            Self::Link => value.get("Service").and_then(|service| service.get("Name")),
            Self::Intention => value.get("DestinationName"),
            _ => value.get("Name"),
        };
        let name = name.and_then(Value::as_str).unwrap_or_default();
        if name.is_empty() { "*".to_owned() } else { name.to_owned() }
    }

    /// Reads `value`, which is about `service`, or notes in `unreadable` why it cannot be read.
    fn read<T: DeserializeOwned>(
        self,
        service: Option<&str>,
        value: Value,
        unreadable: &mut Vec<Unreadable>,
    ) -> Option<T> {
        let service = service.map_or_else(|| self.service(&value), str::to_owned);
        match serde_json::from_value(without_nulls(value)) {
            Ok(read) => Some(read),
            Err(error) => {
                // An error quotes what it found, which may be a private key.
                let reason = if self == Self::Leaf {
                    "it has an unexpected form".to_owned()
                } else {
                    excerpt::cut(&error.to_string())
                };
                unreadable.push(Unreadable { part: self, service, reason });
                None
            }
        }
    }

    /// Reads what can be read of a list in which something cannot; `service` is what all of it is about.
    pub(super) fn read_list<T: DeserializeOwned>(
        self,
        service: Option<&str>,
        list: Value,
        unreadable: &mut Vec<Unreadable>,
    ) -> serde_json::Result<Vec<T>> {
        let list: Vec<Value> = serde_json::from_value::<Option<_>>(list)?.unwrap_or_default();
        Ok(list.into_iter().filter_map(|value| self.read(service, value, unreadable)).collect())
    }

    fn read_map<T: DeserializeOwned>(
        self,
        map: Value,
        unreadable: &mut Vec<Unreadable>,
    ) -> serde_json::Result<BTreeMap<String, T>> {
        let map: Map<String, Value> = serde_json::from_value::<Option<_>>(map)?.unwrap_or_default();
        let read = |(name, value): (String, Value)| {
            let read = self.read(Some(&name), value, unreadable)?;
            Some((name, read))
        };
        Ok(map.into_iter().filter_map(read).collect())
    }
}

/// `value` without keys that have no value: they count as absent.
pub(super) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let given = fields.into_iter().filter(|(_, value)| !value.is_null());
            given.map(|(key, value)| (key, without_nulls(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

impl Snapshot {
    /// Reads what can be read of a snapshot in which something cannot.
    pub(super) fn read_leniently(snapshot: Value) -> serde_json::Result<Self> {
        let Value::Object(mut fields) = snapshot else { return serde_json::from_value(snapshot) };
        let mut take = |key: &str| fields.remove(key).unwrap_or_default();
        let (links, instances, leaves) = (take("Links"), take("Instances"), take("Leaves"));
        let (defaults, resolvers) = (take("ServiceDefaults"), take("ServiceResolvers"));
        let intentions = take("Intentions");
        let mut snapshot: Self = serde_json::from_value(without_nulls(fields.into()))?;
        let mut unreadable = std::mem::take(&mut snapshot.unreadable);
        snapshot.links = Part::Link.read_list(None, links, &mut unreadable)?.into();
        let instances: Option<Map<String, Value>> = serde_json::from_value(instances)?;
        for (service, list) in instances.unwrap_or_default() {
            let list: Vec<_> = Part::Instance.read_list(Some(&service), list, &mut unreadable)?;
            snapshot.instances.insert(service, list.into());
        }
        let leaves: BTreeMap<String, Leaf> = Part::Leaf.read_map(leaves, &mut unreadable)?;
        let leaves = leaves.into_iter().map(|(service, leaf)| (service, leaf.into()));
        snapshot.leaves = Arc::new(leaves.collect());
        snapshot.service_defaults = Part::ServiceDefaults.read_map(defaults, &mut unreadable)?.into();
        let resolvers = Part::ServiceResolver.read_map(resolvers, &mut unreadable)?.into_iter();
        let resolvers: BTreeMap<_, _> =
            resolvers.map(|(name, resolver)| (folded(&name).into_owned(), resolver)).collect();
        snapshot.service_resolvers = resolvers.into();
        snapshot.intentions = Part::Intention.read_list(None, intentions, &mut unreadable)?.into();
        snapshot.unreadable = unreadable;
        Ok(snapshot)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use crate::snapshot::Snapshot;
    use crate::snapshot::assemble::Answer;

    fn malformed() -> Value {
        json!({
            "Format": 1,
            "ConsulVersion": null,
            "Gateway": {"Service": "gw", "Address": null, "Port": 8443},
            "Links": [{"Service": {"Name": "a"}, "CAFile": null}, {"Service": {"Name": "b"}, "CAFile": 7}],
            "Instances": {"a": [{"Service": {"Port": 80, "Address": null}}, {"Service": {"Port": 1e30}}], "c": null},
            "Leaves": {"a": {"CertPEM": "C"}, "b": {"CertPEM": []}},
            "ServiceDefaults": {"a": {"Protocol": ["http"]}, "c": {"Protocol": null}},
            "ServiceResolvers": {"A": {"Subsets": {"v1": {"OnlyPassing": "yes"}}}, "C": {"DefaultSubset": "v1"}},
            "Intentions": [{"DestinationName": "a", "Action": 1}, {"DestinationName": 5}, {"Action": "allow"}],
            "Mesh": null,
        })
    }

    #[test]
    fn unreadable_parts_of_a_file_are_left_out_and_reported() {
        let read =
            |snapshot: &Value| Snapshot::from_json(snapshot.to_string().as_bytes(), Path::new("s.json"));
        let snapshot = read(&malformed()).unwrap();
        let said: Vec<String> =
            snapshot.unreadable.iter().map(|found| format!("{} of {}", found.part, found.service)).collect();
        assert_eq!(
            said,
            [
                "link of b",
                "instance of a",
                "certificate of b",
                "service-defaults entry of a",
                "service-resolver entry of A",
                "intention of a",
                "intention of *",
            ]
        );
        assert_eq!((snapshot.links.len(), snapshot.instances["a"].len(), snapshot.leaves.len()), (1, 1, 1));
        assert_eq!(snapshot.service_resolver("c").unwrap().default_subset, "v1");
        assert_eq!(snapshot.intentions.len(), 1);
        let again = read(&serde_json::from_str(&snapshot.to_json()).unwrap()).unwrap();
        assert_eq!(again, snapshot);
        for broken in
            [json!({"Format": 1, "Links": 5}), json!({"Format": 1, "Gateway": {"Port": "x"}}), json!("x")]
        {
            let error = read(&broken).unwrap_err().to_string();
            assert!(error.starts_with("s.json:1:"), "{error}");
        }
    }

    #[test]
    fn unreadable_parts_of_an_answer_are_left_out_until_a_better_answer() {
        let mut snapshot = Snapshot::collecting();
        let mut apply = |answer: Answer<'_>, body: Value| {
            snapshot.apply(answer, 200, body.to_string().as_bytes()).map(|()| snapshot.clone())
        };
        let malformed = malformed();
        apply(Answer::Links, malformed["Links"].clone()).unwrap();
        apply(Answer::Instances("a"), malformed["Instances"]["a"].clone()).unwrap();
        apply(Answer::Instances("b"), json!([{"Service": {"Port": "80"}}])).unwrap();
        let after = apply(Answer::Intentions, malformed["Intentions"].clone()).unwrap();
        assert_eq!((after.links.len(), after.instances["a"].len(), after.instances["b"].len()), (1, 1, 0));
        assert_eq!(after.unreadable.len(), 5);
        apply(Answer::Instances("a"), json!([{"Service": {"Port": 80}}])).unwrap();
        let after = apply(Answer::Intentions, json!(null)).unwrap();
        let said: Vec<&str> = after.unreadable.iter().map(|found| found.service.as_str()).collect();
        assert_eq!(said, ["b", "b"]);
        assert!(apply(Answer::Links, json!({"Links": []})).is_err());
        let after = apply(
            Answer::Roots,
            json!({"TrustDomain": "td", "ActiveRootID": null, "Roots": [{"RootCert": "C"}]}),
        )
        .unwrap();
        assert_eq!(after.roots.trust_domain, "td");
    }
}

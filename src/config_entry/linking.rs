//! Linking and unlinking a service in a stored terminating-gateway entry, without changing anything else in it.
//!
//! Everything that is not edited stays as the servers wrote it, byte for byte, unknown fields included.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::TERMINATING_GATEWAY;
use super::stored::Scope;

/// A link as it is wanted; what is `None` stays as it is, an empty text takes the field away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Name of the service, or `*`.
    pub service: String,
    /// Its Enterprise namespace.
    pub namespace: Option<String>,
    /// Path of the CA certificates, on the gateway's host.
    pub ca_file: Option<String>,
    /// Path of the client certificate.
    pub cert_file: Option<String>,
    /// Path of its private key.
    pub key_file: Option<String>,
    /// Host name for the TLS handshake and in the certificate.
    pub sni: Option<String>,
    /// Whether the Host header of requests is left alone (since Consul 1.18).
    pub disable_auto_host_rewrite: Option<bool>,
}

/// Why a stored entry cannot be edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored entry does not match Consul's API: {0}")]
pub struct Error(String);

/// What the servers keep for themselves and refuse, or ignore, in a write.
const NOT_WRITTEN: [&str; 3] = ["CreateIndex", "ModifyIndex", "Hash"];

/// The body that writes the entry with the link; `None` if that is what it says already.
///
/// `stored` is the agent's answer; without one a new entry is made for the gateway.
pub fn link(
    stored: Option<&[u8]>,
    gateway: &str,
    scope: &Scope,
    link: &Link,
) -> Result<Option<Vec<u8>>, Error> {
    let mut entry = match stored {
        Some(answer) => Object::parse(answer)?,
        None => Object::new(gateway, scope)?,
    };
    let mut services = entry.services()?;
    let place = position(&services, &link.service, link.namespace.as_deref());
    let mut service = match place.and_then(|place| services.get(place)) {
        Some(service) => service.clone(),
        None => Object(vec![("Name".to_owned(), raw(&link.service)?)]),
    };
    let before = service.clone();
    let texts = [
        ("Namespace", &link.namespace),
        ("CAFile", &link.ca_file),
        ("CertFile", &link.cert_file),
        ("KeyFile", &link.key_file),
        ("SNI", &link.sni),
    ];
    for (field, text) in texts {
        match text.as_deref() {
            None => {}
            Some("") => service.remove(field),
            Some(text) => service.set(field, raw(text)?),
        }
    }
    match link.disable_auto_host_rewrite {
        None => {}
        Some(false) => service.remove("DisableAutoHostRewrite"),
        Some(true) => service.set("DisableAutoHostRewrite", raw(&true)?),
    }
    match place.and_then(|place| services.get_mut(place)) {
        Some(_) if service == before => return Ok(None),
        Some(slot) => *slot = service,
        None => services.push(service),
    }
    entry.set("Services", list(&services)?);
    Ok(Some(entry.body()))
}

/// The body that writes the entry without the service; `None` if it is not linked.
pub fn unlink(stored: &[u8], service: &str, namespace: Option<&str>) -> Result<Option<Vec<u8>>, Error> {
    let mut entry = Object::parse(stored)?;
    let mut services = entry.services()?;
    let Some(place) = position(&services, service, namespace) else { return Ok(None) };
    services.remove(place);
    entry.set("Services", list(&services)?);
    Ok(Some(entry.body()))
}

/// A JSON object whose members keep their order and their text.
#[derive(Debug, Clone)]
struct Object(Vec<(String, Box<RawValue>)>);

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Object {
    fn parse(answer: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(answer).map_err(|error| Error(error.to_string()))
    }

    fn new(gateway: &str, scope: &Scope) -> Result<Self, Error> {
        let mut entry =
            Self(vec![("Kind".to_owned(), raw(TERMINATING_GATEWAY)?), ("Name".to_owned(), raw(gateway)?)]);
        for (field, text) in [("Namespace", &scope.namespace), ("Partition", &scope.partition)] {
            if !text.is_empty() {
                entry.set(field, raw(text)?);
            }
        }
        Ok(entry)
    }

    fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }

    fn text_of(&self, name: &str) -> String {
        self.get(name).and_then(|value| serde_json::from_str(value.get()).ok()).unwrap_or_default()
    }

    fn set(&mut self, name: &str, value: Box<RawValue>) {
        match self.0.iter_mut().find(|(key, _)| key == name) {
            Some((_, slot)) => *slot = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| key != name);
    }

    fn services(&self) -> Result<Vec<Self>, Error> {
        let services = self.get("Services").map_or("null", RawValue::get);
        let services: Option<Vec<Self>> =
            serde_json::from_str(services).map_err(|error| Error(error.to_string()))?;
        Ok(services.unwrap_or_default())
    }

    fn text(&self) -> String {
        let member = |(key, value): &(String, Box<RawValue>)| {
            // A text always has a JSON form.
            format!("{}:{}", serde_json::to_string(key).unwrap_or_default(), value.get())
        };
        format!("{{{}}}", self.0.iter().map(member).collect::<Vec<_>>().join(","))
    }

    fn body(mut self) -> Vec<u8> {
        self.0.retain(|(key, _)| !NOT_WRITTEN.contains(&key.as_str()));
        self.text().into_bytes()
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

fn raw(value: &(impl serde::Serialize + ?Sized)) -> Result<Box<RawValue>, Error> {
    serde_json::value::to_raw_value(value).map_err(|error| Error(error.to_string()))
}

fn list(services: &[Object]) -> Result<Box<RawValue>, Error> {
    let texts: Vec<String> = services.iter().map(Object::text).collect();
    RawValue::from_string(format!("[{}]", texts.join(","))).map_err(|error| Error(error.to_string()))
}

/// The place of a service; as for Consul, case does not count, and the namespace `default` is none.
fn position(services: &[Object], name: &str, namespace: Option<&str>) -> Option<usize> {
    let folded = |text: &str| text.to_lowercase();
    let scope = |text: &str| if text == "default" { String::new() } else { folded(text) };
    let wanted = (folded(name), scope(namespace.unwrap_or_default()));
    services.iter().position(|service| {
        (folded(&service.text_of("Name")), scope(&service.text_of("Namespace"))) == wanted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORED: &str = r#"{
        "Kind": "terminating-gateway", "Name": "gw", "Future": {"b": 1.50, "a": [ 1e2 ]},
        "Services": [{"Name": "a", "Later" : 1.0}, {"SNI": "x", "Name": "B", "CAFile": "/ca"}],
        "Hash": 16523927884548724343, "CreateIndex": 1, "ModifyIndex": 2}"#;

    fn linked(stored: Option<&str>, wanted: &Link) -> Option<String> {
        let body = link(stored.map(str::as_bytes), "gw", &Scope::default(), wanted).unwrap();
        body.map(|body| String::from_utf8(body).unwrap())
    }

    #[test]
    fn everything_that_is_not_edited_stays_byte_for_byte() {
        let wanted = Link { service: "c".into(), sni: Some("c.example".into()), ..Link::default() };
        assert_eq!(
            linked(Some(STORED), &wanted).unwrap(),
            r#"{"Kind":"terminating-gateway","Name":"gw","Future":{"b": 1.50, "a": [ 1e2 ]},"Services":[{"Name":"a","Later":1.0},{"SNI":"x","Name":"B","CAFile":"/ca"},{"Name":"c","SNI":"c.example"}]}"#
        );
        assert_eq!(
            String::from_utf8(unlink(STORED.as_bytes(), "b", None).unwrap().unwrap()).unwrap(),
            r#"{"Kind":"terminating-gateway","Name":"gw","Future":{"b": 1.50, "a": [ 1e2 ]},"Services":[{"Name":"a","Later":1.0}]}"#
        );
    }

    #[test]
    fn an_existing_link_is_edited_in_place() {
        let wanted = Link {
            service: "b".into(),
            sni: Some(String::new()),
            ca_file: Some("/new".into()),
            ..Link::default()
        };
        let body = linked(Some(STORED), &wanted).unwrap();
        assert!(body.contains(r#"{"Name":"B","CAFile":"/new"}"#), "{body}");
        assert_eq!(linked(Some(&body), &wanted), None);
        let flag = Link { service: "a".into(), disable_auto_host_rewrite: Some(true), ..Link::default() };
        let body = linked(Some(STORED), &flag).unwrap();
        assert!(body.contains(r#"{"Name":"a","Later":1.0,"DisableAutoHostRewrite":true}"#), "{body}");
    }

    #[test]
    fn a_missing_entry_is_created() {
        let wanted = Link { service: "a".into(), ..Link::default() };
        let body = linked(None, &wanted).unwrap();
        assert_eq!(body, r#"{"Kind":"terminating-gateway","Name":"gw","Services":[{"Name":"a"}]}"#);
        assert_eq!(linked(Some(r#"{"Services":null}"#), &wanted).unwrap(), r#"{"Services":[{"Name":"a"}]}"#);
    }

    #[test]
    fn a_service_that_is_not_linked_is_not_unlinked() {
        assert_eq!(unlink(STORED.as_bytes(), "c", None), Ok(None));
        assert_eq!(unlink(STORED.as_bytes(), "a", Some("other")), Ok(None));
        assert!(unlink(STORED.as_bytes(), "a", Some("default")).unwrap().is_some());
        for wrong in ["[]", "{\"Services\":1}", "<html>"] {
            assert!(unlink(wrong.as_bytes(), "a", None).is_err(), "{wrong}");
        }
    }

    mod properties {
        use proptest::prelude::*;
        use serde_json::{Map, Value, json};

        use super::*;

        fn value() -> impl Strategy<Value = Value> {
            let leaf = prop_oneof![
                Just(Value::Null),
                any::<bool>().prop_map(Value::from),
                any::<i64>().prop_map(Value::from),
                any::<u64>().prop_map(Value::from),
                "\\PC{0,8}".prop_map(Value::from),
            ];
            leaf.prop_recursive(3, 16, 4, |inner| {
                prop_oneof![
                    proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                    proptest::collection::btree_map("\\PC{0,6}", inner, 0..4)
                        .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
                ]
            })
        }

        fn unknown() -> impl Strategy<Value = Map<String, Value>> {
            proptest::collection::btree_map("Zq\\PC{0,6}", value(), 0..4)
                .prop_map(|members| members.into_iter().collect())
        }

        fn named(name: &str, others: &Map<String, Value>) -> Value {
            let mut service = others.clone();
            service.insert("Name".to_owned(), name.into());
            service.into()
        }

        fn read(body: Option<Vec<u8>>) -> Value {
            serde_json::from_slice(&body.expect("something to write")).expect("a body in JSON")
        }

        proptest! {
            #[test]
            fn every_other_key_of_an_entry_and_of_its_services_is_written_back(
                others in unknown(), services in proptest::collection::vec(unknown(), 1..4), edited in any::<prop::sample::Index>(),
            ) {
                let listed: Vec<Value> =
                    services.iter().enumerate().map(|(at, keys)| named(&format!("s{at}"), keys)).collect();
                let entry = |listed: &[Value]| {
                    let mut entry = others.clone();
                    entry.insert("Kind".to_owned(), TERMINATING_GATEWAY.into());
                    entry.insert("Name".to_owned(), "gw".into());
                    entry.insert("Services".to_owned(), listed.into());
                    Value::from(entry)
                };
                let mut stored = entry(&listed);
                for kept in NOT_WRITTEN {
                    stored[kept] = json!(7);
                }
                let stored = stored.to_string();
                let linked = |wanted: &Link| {
                    read(link(Some(stored.as_bytes()), "gw", &Scope::default(), wanted).expect("an entry"))
                };

                let mut more = listed.clone();
                more.push(json!({"Name": "new"}));
                prop_assert_eq!(linked(&Link { service: "new".into(), ..Link::default() }), entry(&more));

                let at = edited.index(listed.len());
                let mut other = listed.clone();
                other[at]["SNI"] = "changed.example".into();
                let wanted = Link {
                    service: format!("s{at}"),
                    sni: Some("changed.example".into()),
                    ..Link::default()
                };
                prop_assert_eq!(linked(&wanted), entry(&other));

                let mut fewer = listed.clone();
                fewer.remove(at);
                let left = unlink(stored.as_bytes(), &format!("s{at}"), None).expect("an entry");
                prop_assert_eq!(read(left), entry(&fewer));
            }
        }
    }
}

//! Applies filter expressions to instances.

use std::collections::BTreeMap;

use super::Error;
use super::parse::{Expression, Operator};
use crate::go::{regexp, strconv};
use crate::snapshot::{HealthCheck, Instance};

/// What a selector finds.
enum Field<'a> {
    Text(&'a str),
    Number(i64),
    List(Vec<&'a str>),
    Keys(Vec<&'a str>),
    Flag(bool),
    /// A key that a map does not have.
    Absent,
}

/// Whether `expression` holds for `instance`.
pub fn matches(expression: &Expression, instance: &Instance) -> Result<bool, Error> {
    Ok(match expression {
        Expression::Or(any) => {
            for expression in any {
                if matches(expression, instance)? {
                    return Ok(true);
                }
            }
            false
        }
        Expression::And(all) => {
            for expression in all {
                if !matches(expression, instance)? {
                    return Ok(false);
                }
            }
            true
        }
        Expression::Not(inner) => !matches(inner, instance)?,
        Expression::Match { selector, operator, negated, value } => {
            let path: Vec<&str> = selector.iter().map(String::as_str).collect();
            // Consul: into a list, a comparison holds if it holds for any element.
            let fields = if let ["Checks", field] = path.as_slice() {
                instance.checks.iter().map(|check| check_field(instance, check, field)).collect()
            } else {
                vec![field(instance, &path)]
            };
            for field in fields {
                let field = field.ok_or_else(|| Error::Selector(selector.join(".")))?;
                if holds(&field, *operator, *negated, value, selector)? {
                    return Ok(true);
                }
            }
            false
        }
    })
}

/// The fields of an instance that a snapshot holds.
fn field<'a>(instance: &'a Instance, path: &[&str]) -> Option<Field<'a>> {
    let (node, service) = (&instance.node, &instance.service);
    let of_map = |map: &'a BTreeMap<String, String>, key: &str| match map.get(key) {
        Some(value) => Field::Text(value),
        None => Field::Absent,
    };
    Some(match path {
        ["Checks"] => Field::List(instance.checks.iter().map(|check| check.check_id.as_str()).collect()),
        ["Node", "Node"] => Field::Text(&node.node),
        ["Node", "Address"] => Field::Text(&node.address),
        ["Node", "Datacenter"] => Field::Text(&node.datacenter),
        ["Node", "ID"] => Field::Text(&node.id),
        ["Node", "TaggedAddresses"] => keys(&node.tagged_addresses),
        ["Node", "TaggedAddresses", key] => of_map(&node.tagged_addresses, key),
        ["Node", "Meta"] => keys(&node.meta),
        ["Node", "Meta", key] => of_map(&node.meta, key),
        ["Service", "Kind"] => Field::Text(&service.kind),
        ["Service", "ID"] => Field::Text(&service.id),
        ["Service", "Service"] => Field::Text(&service.service),
        ["Service", "Tags"] => Field::List(service.tags.iter().map(String::as_str).collect()),
        ["Service", "Address"] => Field::Text(&service.address),
        ["Service", "Port"] => Field::Number(service.reached_port()),
        ["Service", "EnableTagOverride"] => Field::Flag(service.enable_tag_override),
        ["Service", "TaggedAddresses"] => keys(&service.tagged_addresses),
        ["Service", "TaggedAddresses", key, field @ ("Address" | "Port")] => {
            match service.tagged_addresses.get(*key) {
                Some(tagged) if *field == "Address" => Field::Text(&tagged.address),
                Some(tagged) => Field::Number(i64::from(tagged.port)),
                None => Field::Absent,
            }
        }
        ["Service", "Meta"] => keys(&service.meta),
        ["Service", "Meta", key] => of_map(&service.meta, key),
        ["Service", "Weights", "Passing"] => Field::Number(service.weights.passing),
        ["Service", "Weights", "Warning"] => Field::Number(service.weights.warning),
        ["Node" | "Service", "PeerName"] => Field::Text(""),
        ["Service", "Connect", "Native"] => Field::Flag(false),
        ["Service", "Proxy", rest @ ..] => return proxy_field(rest),
        _ => return None,
    })
}

/// The fields of `Service.Proxy`: only proxies have something in them.
fn proxy_field(path: &[&str]) -> Option<Field<'static>> {
    Some(match path {
        [
            "DestinationServiceName"
            | "DestinationServiceID"
            | "LocalServiceAddress"
            | "LocalServiceSocketPath"
            | "Mode",
        ]
        | ["MeshGateway", "Mode"]
        | ["AccessLogs", "Type" | "Path" | "JSONFormat" | "TextFormat"] => Field::Text(""),
        ["LocalServicePort"] | ["TransparentProxy", "OutboundListenerPort"] => Field::Number(0),
        ["Upstreams" | "EnvoyExtensions"] | ["Expose", "Paths"] => Field::List(Vec::new()),
        ["Expose", "Checks"]
        | ["TransparentProxy", "DialedDirectly"]
        | ["AccessLogs", "Enabled" | "DisableListenerLogs"] => Field::Flag(false),
        _ => return None,
    })
}

fn keys<T>(map: &BTreeMap<String, T>) -> Field<'_> {
    Field::Keys(map.keys().map(String::as_str).collect())
}

/// The fields of a check, but its output: that changes all the time.
fn check_field<'a>(instance: &'a Instance, check: &'a HealthCheck, field: &str) -> Option<Field<'a>> {
    Some(Field::Text(match field {
        "Node" => &instance.node.node,
        "CheckID" => &check.check_id,
        "Name" => &check.name,
        "Notes" => &check.notes,
        "Type" => &check.r#type,
        "ServiceName" => &check.service_name,
        "ServiceID" if check.service_name.is_empty() => "",
        "ServiceID" => &instance.service.id,
        "ServiceTags" => {
            let tags = instance.service.tags.iter().filter(|_| !check.service_name.is_empty());
            return Some(Field::List(tags.map(String::as_str).collect()));
        }
        "Status" => check.status.as_str(),
        _ => return None,
    }))
}

/// Consul: of a key that a map does not have, everything holds but `==`, `in`, `contains` and `is not empty`;
/// so also `matches`.
fn holds(
    field: &Field<'_>,
    operator: Operator,
    negated: bool,
    value: &str,
    selector: &[String],
) -> Result<bool, Error> {
    if matches!(field, Field::Absent) {
        return Ok(match operator {
            Operator::Equal => false,
            Operator::Contains => negated,
            Operator::IsEmpty => !negated,
            Operator::NotEqual | Operator::Matches => true,
        });
    }
    Ok(compare(field, operator, value, selector)? != negated)
}

fn compare(field: &Field<'_>, operator: Operator, value: &str, selector: &[String]) -> Result<bool, Error> {
    let wrong_value = || Error::Value { value: value.to_owned(), selector: selector.join(".") };
    let flag_of = |value| strconv::parse_bool(value).ok_or_else(wrong_value);
    let number_of = |value| strconv::parse_int(value, 64).map_err(|_| wrong_value());
    let wrong = || Error::Operator { operator: operator.text(), selector: selector.join(".") };
    Ok(match (operator, field) {
        (Operator::Equal, Field::Text(text)) => *text == value,
        (Operator::NotEqual, Field::Text(text)) => *text != value,
        (Operator::Equal, Field::Number(number)) => *number == number_of(value)?,
        (Operator::NotEqual, Field::Number(number)) => *number != number_of(value)?,
        (Operator::Contains, Field::Text(text)) => text.contains(value),
        (Operator::Equal, Field::Flag(flag)) => *flag == flag_of(value)?,
        (Operator::NotEqual, Field::Flag(flag)) => *flag != flag_of(value)?,
        (Operator::Contains, Field::List(items) | Field::Keys(items)) => items.contains(&value),
        (Operator::Matches, Field::Text(text)) => {
            regexp::compile(value).map_err(|_| Error::Regex(value.to_owned()))?.is_match(text)
        }
        (Operator::IsEmpty, Field::Text(text)) => text.is_empty(),
        (Operator::IsEmpty, Field::List(items) | Field::Keys(items)) => items.is_empty(),
        _ => return Err(wrong()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::render::filter::{Error, Filter};
    use crate::snapshot::Instance;

    fn instance() -> Instance {
        serde_json::from_value(json!({
            "Node": {"ID": "n-1", "Node": "ext", "Address": "10.0.0.1", "Meta": {"rack": "a b"},
                "TaggedAddresses": {"lan": "10.0.0.1"}},
            "Service": {"ID": "cat-1", "Service": "cat", "Port": 80, "Tags": ["blue", "v2"], "Meta": {"version": "v2"},
                "TaggedAddresses": {"wan": {"Address": "198.51.100.1", "Port": 8080}}, "EnableTagOverride": true},
            "Checks": [{"CheckID": "a", "Status": "passing", "Name": "up", "Type": "ttl", "ServiceName": "cat"},
                {"CheckID": "b", "Status": "warning", "Notes": "disk"}, {"CheckID": "c", "Status": "foo"}],
        }))
        .unwrap()
    }

    fn holds(filter: &str) -> bool {
        Filter::parse(filter)
            .unwrap()
            .matches(&instance())
            .unwrap_or_else(|error| panic!("{filter}: {error}"))
    }

    #[test]
    fn comparisons_hold_as_in_consul() {
        for filter in [
            "",
            "Service.Meta.version == v2",
            "Service.Meta.version == \"v2\"",
            "Service.Meta[\"version\"] == `v2`",
            "Node.Meta[\"rack\"] == \"a b\"",
            "Service.Meta.absent != v1",
            "Service.Meta.absent is empty",
            "v1 not in Service.Meta.absent",
            "Service.Meta.absent matches v1",
            "Service.Meta.absent not matches v1",
            "Checks.Status not matches passing",
            "Checks.Status != passing",
            "Service.Tags is not empty",
            "blue in Service.Tags",
            "\"red\" not in Service.Tags",
            "version in Service.Meta",
            "Service.Tags contains v2",
            "Service.ID matches `^cat-[0-9]+$`",
            "Service.ID not matches dog",
            // What Consul 1.8.7 makes of quoted texts and expressions.
            r#"Service.ID == "\x63at\u002d1""#,
            r#"Service.ID matches "^c\\w+-\\d$" and Service.ID matches `^\Qcat-\E[[:digit:]&]$`"#,
            "Service.ID not matches `a{01}` and Service.Port == `0_120` and Service.Port == \"8_0\"",
            "Node.Meta[`rack`] == `a b`",
            "Service.Port == 80 and Service.Port == `0x50`",
            "Checks.Status == warning and Checks.Status == foo",
            "Checks is not empty",
            "Node.ID == `n-1` and Node.TaggedAddresses.lan == `10.0.0.1` and lan in Node.TaggedAddresses",
            "Service.TaggedAddresses.wan.Address == `198.51.100.1` and Service.TaggedAddresses.wan.Port == 8080",
            "Service.TaggedAddresses.lan.Address != `10.0.0.1` and wan in Service.TaggedAddresses",
            "Service.EnableTagOverride == true and Service.EnableTagOverride != false",
            "Service.EnableTagOverride == 1 and Service.EnableTagOverride == T and Service.EnableTagOverride != FALSE",
            "Service.Connect.Native == false and Service.Connect.Native != t and Node.PeerName is empty",
            "Service.Proxy.DestinationServiceName == `` and Service.Proxy.LocalServicePort == 0",
            "Service.Proxy.Upstreams is empty and Service.Proxy.MeshGateway.Mode not matches x",
            "Service.Proxy.Expose.Checks == 0 and Service.Proxy.AccessLogs.Type is empty",
            "Checks.Name == up and Checks.Type == ttl and Checks.Notes contains disk and Checks.Node == ext",
            "Checks.ServiceName == cat and Checks.ServiceID == `cat-1` and blue in Checks.ServiceTags",
            "Checks.ServiceTags is empty",
            "not (Service.Port == 81 or Node.Node != ext) and Service.Service == cat",
            "Service.Port == 81 or Service.Port == 80 and Node.Node == ext",
        ] {
            assert!(holds(filter), "{filter}");
        }
        for filter in [
            "Service.Meta.version == v1",
            "Service.Meta.absent == v1",
            "Service.Meta.absent is not empty",
            "v1 in Service.Meta.absent",
            "Checks.Status == critical",
            "not (Checks.Status != passing)",
        ] {
            assert!(!holds(filter), "{filter}");
        }
    }

    #[test]
    fn an_unknown_filter_is_an_error() {
        for filter in [
            "Service.Meta.version = v1",
            "and",
            "(Service.Port == 1",
            "Service.Port == ",
            "a == \"x",
            "a b",
            r#"a matches "^cat-\d$""#,
            r#"a == "x\"y""#,
            "a == \"\n\"",
            "Service.Meta[v] == 1",
            "Service.Port == 0x50",
            "Service.Meta.v == 'x'",
            "Service.Meta.v == v-1",
            "Service.Meta.v-w == 1",
            "Service.Meta.0 == 1",
            "_a == 1",
            "a == é",
            "not(a == 1)",
            "(a == 1)and b == 1",
            "a contains\"x\"",
        ] {
            assert!(matches!(Filter::parse(filter), Err(Error::Syntax { .. })), "{filter}");
        }
        let fails = |filter: &str| Filter::parse(filter).unwrap().matches(&instance()).unwrap_err();
        assert_eq!(fails("Service.Nothing == 1"), Error::Selector("Service.Nothing".into()));
        assert!(matches!(fails("Service.Port contains 8"), Error::Operator { .. }));
        assert_eq!(fails("Service.Proxy.Nothing == 1"), Error::Selector("Service.Proxy.Nothing".into()));
        assert!(matches!(fails("Service.EnableTagOverride == yes"), Error::Value { .. }));
        assert!(matches!(fails("Service.Port != http"), Error::Value { .. }));
        assert_eq!(fails("Service.ID matches `(`"), Error::Regex("(".into()));
        assert!(Filter::parse(&"(".repeat(100_000)).is_err());
        assert!(Filter::parse(&"not ".repeat(100_000)).is_err());
    }
}

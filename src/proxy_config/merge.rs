//! How `proxy-defaults` and a registration become one.

use serde_json::{Map, Value};

/// Fills `own` from `shared`, in maps key by key.
///
/// Consul (`mergo`): what a registration leaves empty comes from `proxy-defaults`, whatever the key, and `false`, `0`,
/// `""`, an empty list and an empty map count as empty. Keys are compared as they are written.
pub fn fill(own: &mut Map<String, Value>, shared: &Map<String, Value>) {
    for (key, shared) in shared {
        match (own.get_mut(key), shared) {
            (Some(Value::Object(own)), Value::Object(shared)) => fill(own, shared),
            (Some(own), _) if !is_empty(own) => {}
            _ => {
                own.insert(key.clone(), shared.clone());
            }
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::fill;

    /// What an agent of Consul 1.8.7 made of each, with `enable_central_service_config`.
    #[test]
    fn empty_keys_of_the_registration_come_from_proxy_defaults() {
        for (own, shared, merged) in [
            (json!(0), json!(9000), json!(9000)),
            (json!(0.0), json!(5), json!(5)),
            (json!(""), json!("{\"name\":\"shared\"}"), json!("{\"name\":\"shared\"}")),
            (json!(false), json!(true), json!(true)),
            (json!([]), json!([1, 2]), json!([1, 2])),
            (json!({}), json!({"x": 1}), json!({"x": 1})),
            (json!(null), json!(0), json!(0)),
            (json!({}), json!("text"), json!("text")),
            (json!(""), json!({"a": 1}), json!({"a": 1})),
            (json!(7), json!(0), json!(7)),
            (json!("x"), json!({"a": 1}), json!("x")),
            (json!({"k": 1}), json!([1]), json!({"k": 1})),
            (json!([0]), json!([1]), json!([0])),
            (json!([{"a": 0}]), json!([{"a": 1}]), json!([{"a": 0}])),
            (
                json!({"x": 0, "z": {"q": 0, "r": 5}}),
                json!({"x": 1, "y": 2, "z": {"q": 1}}),
                json!({"x": 1, "y": 2, "z": {"q": 1, "r": 5}}),
            ),
            (json!({"a": {"b": ""}}), json!({"a": {"b": {"c": 1}}}), json!({"a": {"b": {"c": 1}}})),
        ] {
            let mut config = json!({"k": own});
            if let (Value::Object(config), Value::Object(shared)) = (&mut config, json!({"k": shared})) {
                fill(config, &shared);
            }
            assert_eq!(config["k"], merged, "{own} over {shared}");
        }
    }

    #[test]
    fn keys_that_differ_in_case_stay_apart() {
        let mut config = json!({"case": 2});
        if let (Value::Object(config), Value::Object(shared)) = (&mut config, json!({"Case": 1, "new": 0})) {
            fill(config, &shared);
        }
        assert_eq!(config, json!({"case": 2, "Case": 1, "new": 0}));
    }
}

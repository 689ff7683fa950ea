//! Extensions of Envoy (since 1.15), of service-defaults and proxy-defaults. Names: HashiCorp's documentation. What their
//! arguments must be: Consul's MPL-licensed sources up to 1.16 (Lua, rate limits), and the documentation.

use super::{Rules, is_one_of, items, member, span, text};
use crate::config_entry::request::{Field, Json};
use crate::consul_version::Release;
use crate::finding::Code;
use crate::go::strconv::quote;

const CODE: Code = Code::EnvoyExtension;

/// The extensions that are built into Consul.
const EXTENSIONS: [&str; 8] = [
    "builtin/lua",
    "builtin/aws/lambda",
    "builtin/http/localratelimit",
    "builtin/wasm",
    "builtin/property-override",
    "builtin/ext-authz",
    "builtin/otel-access-logging",
    "builtin/ext-proc",
];

pub(super) fn extensions(rules: &mut Rules<'_>) {
    for (index, extension) in items(rules.body(), "EnvoyExtensions").iter().enumerate() {
        let name = text(&extension.json, "Name");
        let place = span(&extension.json, "Name").or(extension.span);
        if name.is_empty() {
            rules.says(CODE, place, format!("invalid EnvoyExtensions[{index}]: Name is required"));
        } else if !is_one_of(&name, &EXTENSIONS) {
            // Newer servers may have more of them.
            let words = format!("name {} is not a built-in extension", quote(&name));
            if name.starts_with("builtin/") && rules.since(Release(2, 0, 0)) {
                rules.warn(CODE, place, words);
            } else {
                rules.says(CODE, place, words);
            }
        }
        arguments(rules, &name, extension);
    }
}

fn arguments(rules: &mut Rules<'_>, name: &str, extension: &Field) {
    let none = Json::Object(Vec::new());
    let arguments = member(&extension.json, "Arguments");
    let place = arguments.and_then(|field| field.span).or(extension.span);
    let json = arguments.map_or(&none, |field| &field.json);
    let mut required = |keys: &[&str]| {
        for key in keys.iter().filter(|key| argument(json, key).is_none()) {
            rules.refuse(CODE, place, format!("{name} needs the argument {key}"));
        }
    };
    match name {
        "builtin/lua" => {
            if argument(json, "Script").is_none() {
                rules.says(CODE, place, "missing Script value");
            }
            proxy_type(rules, json, &["connect-proxy", "api-gateway"]);
            let listener = argument(json, "Listener");
            let word = listener.and_then(|field| field.json.as_text()).unwrap_or_default();
            if !is_one_of(&word, &["inbound", "outbound"]) {
                let place = listener.and_then(|field| field.span).or(place);
                rules.says(CODE, place, format!("unexpected Listener {}", quote(&word)));
            }
        }
        "builtin/aws/lambda" => required(&["ARN"]),
        "builtin/http/localratelimit" => {
            let keys = ["MaxTokens", "TokensPerFill", "FillInterval"];
            required(&keys);
            proxy_type(rules, json, &["connect-proxy"]);
            for key in keys {
                let Some(field) = argument(json, key) else { continue };
                let is_low = match field.json {
                    Json::Int(number) => number <= 0,
                    Json::Float(number) => number <= 0.0,
                    _ => false,
                };
                if is_low {
                    rules.refuse(CODE, field.span, format!("{key} must be greater than 0"));
                }
            }
        }
        "builtin/property-override" => required(&["Patches"]),
        "builtin/ext-authz" | "builtin/otel-access-logging" => required(&["Config"]),
        "builtin/wasm" => required(&["PluginConfig"]),
        _ => {}
    }
}

/// An argument, which Consul finds without regard to case; not an empty one.
fn argument<'a>(arguments: &'a Json, key: &str) -> Option<&'a Field> {
    let Json::Object(members) = arguments else { return None };
    let found = members.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
    found.map(|(_, field)| field).filter(|field| {
        let is_zero = matches!(field.json, Json::Int(0)) || field.json == Json::Float(0.0);
        is_zero || !field.json.is_empty()
    })
}

/// Without one it is that of a sidecar.
fn proxy_type(rules: &mut Rules<'_>, arguments: &Json, known: &[&str]) {
    let Some(field) = argument(arguments, "ProxyType") else { return };
    let value = field.json.as_text().unwrap_or_default();
    if !is_one_of(&value, known) {
        rules.says(CODE, field.span, format!("unexpected ProxyType {}", quote(&value)));
    }
}

#[cfg(test)]
mod tests {
    use crate::config_entry::rules::cases;

    #[test]
    fn extensions_are_built_in_and_have_their_arguments() {
        let one = |name: &str, arguments: &str| {
            format!("EnvoyExtensions = [{{ Name = \"builtin/{name}\" Arguments = {{ {arguments} }} }}]")
        };
        let limit = "MaxTokens = 2 TokensPerFill = 1 FillInterval = 10";
        let table = [
            (one("http/localratelimit", limit), ""),
            (one("http/localratelimit", &limit.replace('2', "0")), "MaxTokens must be greater than 0"),
            (one("http/localratelimit", "MaxTokens = 2"), "needs the argument TokensPerFill"),
            (
                one("http/localratelimit", &format!("ProxyType = \"mesh-gateway\" {limit}")),
                "unexpected ProxyType \"mesh-gateway\"",
            ),
            (one("aws/lambda", ""), "needs the argument ARN"),
            (one("aws/lambda", "arn = \"a\""), ""),
            (one("property-override", "Patches = []"), "needs the argument Patches"),
            (one("ext-authz", ""), "needs the argument Config"),
            ("EnvoyExtensions = [{}]".to_owned(), "invalid EnvoyExtensions[0]: Name is required"),
            ("EnvoyExtensions = [{ Name = \"builtin/lua\" }]".to_owned(), "missing Script value"),
        ];
        for (text, words) in &table {
            cases::check("Kind = \"service-defaults\"\nName = \"a\"", "1.21.4", &[(text, words)]);
        }
    }
}

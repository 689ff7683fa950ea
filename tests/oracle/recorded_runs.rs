//! Recorded runs of `consul connect envoy`, as the trials read them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a broken fixture should stop the run")]

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// The releases that were recorded.
pub const RELEASES: [&str; 3] = ["1.8.7", "1.21.4", "2.1.0-dev"];

/// The recorded cases of one release.
///
/// The first line of the file holds what cases share: a bootstrap that others are written as changes of, and JSON
/// bodies.
pub fn cases(release: &str) -> Vec<Value> {
    let text = read(&format!("connect-envoy/{release}.jsonl"));
    let tags: Value =
        serde_json::from_str(&read(&format!("connect-envoy/stats-tags-{release}.json"))).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let shared = lines.next().unwrap();
    lines
        .map(|mut case| {
            for key in ["bootstrap", "envoy_config"] {
                if let Some(changes) = case.get(key).and_then(|value| value.get("$base")) {
                    case[key] = apply(&shared["base"], changes);
                }
                if let Some(document) = case.get_mut(key) {
                    put_tags(document, &tags);
                }
            }
            for exchange in case["exchanges"].as_array_mut().unwrap() {
                for key in ["request_body", "response_body"] {
                    if let Some(index) = exchange.get(key).and_then(|body| body.get("$shared")) {
                        exchange[key] =
                            shared["shared"][usize::try_from(index.as_u64().unwrap()).unwrap()].clone();
                    }
                }
            }
            case
        })
        .collect()
}

/// Applies changes: `[pointer]` removes, `[pointer, value]` sets.
fn apply(base: &Value, changes: &Value) -> Value {
    let mut document = base.clone();
    for change in changes.as_array().unwrap() {
        let pointer = change[0].as_str().unwrap();
        let Some((parent, key)) = pointer.rsplit_once('/') else {
            document = change[1].clone();
            continue;
        };
        let key = key.replace("~1", "/").replace("~0", "~");
        match (document.pointer_mut(parent).unwrap(), change.get(1)) {
            (Value::Object(map), Some(value)) => drop(map.insert(key, value.clone())),
            (Value::Object(map), None) => drop(map.remove(&key)),
            (Value::Array(list), Some(value)) => list[key.parse::<usize>().unwrap()] = value.clone(),
            other => unreachable!("a change of {other:?}"),
        }
    }
    document
}

/// Puts the built-in tag rules where the recording has a placeholder.
fn put_tags(value: &mut Value, tags: &Value) {
    match value {
        Value::Array(items) => {
            let mut put = Vec::new();
            for mut item in std::mem::take(items) {
                let name =
                    item.as_str().and_then(|text| text.strip_prefix("{{STATS_TAGS:")?.strip_suffix("}}"));
                if let Some(name) = name {
                    put.extend(tags[name].as_array().unwrap().iter().cloned());
                } else {
                    put_tags(&mut item, tags);
                    put.push(item);
                }
            }
            *items = put;
        }
        Value::Object(members) => members.values_mut().for_each(|member| put_tags(member, tags)),
        _ => {}
    }
}

/// A file of the fixtures.
pub fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path)
}

/// Text of a fixture.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(fixture(path)).unwrap()
}

/// Puts the files of a case into its directory.
pub fn put_files(case: &Value, directory: &Path) {
    for (name, content) in case["cwd_files"].as_object().into_iter().flatten() {
        let path = directory.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        match content {
            Value::String(text) => std::fs::write(path, text).unwrap(),
            Value::Null => std::fs::create_dir_all(path).unwrap(),
            Value::Object(copy) => {
                let from = fixture(&format!("connect-envoy/{}", copy["copy_of"].as_str().unwrap()));
                std::fs::copy(from, path).unwrap();
            }
            other => unreachable!("a file of {other}"),
        }
    }
}

/// The first difference of two documents, with its place.
pub fn difference(path: &str, recorded: &Value, ours: &Value) -> String {
    match (recorded, ours) {
        (Value::Object(recorded), Value::Object(ours)) => {
            let keys = recorded.keys().chain(ours.keys());
            let absent = json!("(absent)");
            for key in keys {
                let (left, right) = (recorded.get(key).unwrap_or(&absent), ours.get(key).unwrap_or(&absent));
                if left != right {
                    return difference(&format!("{path}/{key}"), left, right);
                }
            }
            "no difference".to_owned()
        }
        (Value::Array(recorded), Value::Array(ours)) if recorded.len() == ours.len() => {
            let pairs = recorded.iter().zip(ours).enumerate();
            let differing = pairs.into_iter().find(|(_, (left, right))| left != right);
            differing.map_or_else(String::new, |(index, (left, right))| {
                difference(&format!("{path}/{index}"), left, right)
            })
        }
        _ => format!("at {path}\n  recorded: {recorded}\n  ours:     {ours}"),
    }
}

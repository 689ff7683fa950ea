//! Configuration-entry files against what Consul 1.8.7, 1.21.4 and 2.1.0-dev made of them: the value of the text, then, for each
//! version, whether it is accepted, the message if the client refuses it, and the body of the request.
#![expect(clippy::expect_used, reason = "a broken fixture ends the run")]

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use libtest_mimic::{Failed, Trial};
use serde::Deserialize;
use serde_json::Value as Json;
use termgate::testing::config_entry::{self, ConfigEntry, Located};
use termgate::testing::consul_version::ConsulVersion;
use termgate::testing::finding::Code;
use termgate::testing::hcl::{self, Dialect, Language, Object, Source, Value};

use crate::differences;
use crate::support::entry_cases::{self, Input};

const VERSIONS: [&str; 3] = ["1.8.7", "1.21.4", "2.1.0-dev"];

/// Refused by the servers for what other entries say, which no single file shows.
const NEEDS_OTHER_ENTRIES: [&str; 2] = ["other-service-splitter", "other-service-intentions-l7"];

/// JSON's `null` where nothing says what it stands for.
const INEXPRESSIBLE: [&str; 4] =
    ["bool-json-14-null", "json-kind-null", "json-kind-null-lower-ok", "unknown-service-null-json"];

#[derive(Clone, Deserialize)]
struct Case {
    id: String,
    #[serde(flatten)]
    input: Input,
    /// The value of the text, or the digest of a large one, or the error.
    value: Option<Json>,
    value_sha256: Option<String>,
    error: Option<String>,
    /// The verdict of the versions that have none of their own.
    verdict: Option<Verdict>,
    /// The others, by version.
    #[serde(flatten)]
    own: BTreeMap<String, Json>,
}

#[derive(Clone, Deserialize)]
struct Verdict {
    stage: Stage,
    body: Option<Expected>,
    /// What the client printed; of several, chance chose one.
    #[serde(default)]
    stderr: Vec<Expected>,
    /// Whether the order of its lines is chance.
    #[serde(default)]
    unordered: bool,
    /// What the server answered.
    answer: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Stage {
    Accepted,
    Client,
    Server,
    Crash,
}

/// A text, or the digest of a large one.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Expected {
    Text(String),
    Digest { sha256: String },
}

/// All recorded cases.
pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for case in entry_cases::read::<Case>() {
        for version in VERSIONS {
            let case = case.clone();
            let name = format!("config_entries::{version}::{}", case.id);
            trials.push(Trial::test(name, move || judge(&case, version)));
        }
        let printed = case.clone();
        trials.push(Trial::test(format!("config_entries::printed::{}", case.id), move || {
            judge_printed(&printed)
        }));
        trials.push(Trial::test(format!("config_entries::syntax::{}", case.id), move || judge_syntax(&case)));
    }
    trials
}

impl Case {
    fn verdict(&self, version: &str) -> Verdict {
        let own = self.own.get(version).map(|own| serde_json::from_value(own.clone()).expect("a verdict"));
        own.or_else(|| self.verdict.clone()).expect("a verdict")
    }
}

impl Expected {
    fn is(&self, text: &str) -> bool {
        match self {
            Self::Text(expected) => expected == text,
            Self::Digest { sha256 } => *sha256 == digest(text),
        }
    }

    /// Whether the text has the same lines, in any order.
    fn has_the_lines_of(&self, text: &str) -> bool {
        match self {
            Self::Text(expected) => {
                expected.lines().collect::<BTreeSet<_>>() == text.lines().collect::<BTreeSet<_>>()
            }
            Self::Digest { .. } => text.lines().count() > 1,
        }
    }

    fn show(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Digest { sha256 } => sha256,
        }
    }
}

fn digest(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    BASE64_STANDARD.encode(digest)
}

fn judge_syntax(case: &Case) -> Result<(), Failed> {
    let bytes = case.input.bytes();
    let source = Source::new(&bytes);
    match hcl::read(&source, Dialect::default()) {
        Ok(document) => {
            let value = object(&document.root);
            match (&case.value, &case.value_sha256) {
                (Some(expected), _) if same(&value, expected) => Ok(()),
                (_, Some(expected)) if digest(&value.to_string()) == *expected => Ok(()),
                (expected, _) => Err(format!("expected {expected:?} or an error, got {value}").into()),
            }
        }
        Err(error) if error.code == Code::TooDeep && case.id.starts_with("depth-") => Ok(()),
        Err(error) if case.value.is_some() || case.value_sha256.is_some() => {
            Err(format!("refused: {error:?}").into())
        }
        // A message that is not recorded is a panic or a very long one.
        Err(error) if case.error.is_some() && error.consul != case.error => {
            Err(format!("expected {:?}, got {error:?}", case.error).into())
        }
        Err(_) => Ok(()),
    }
}

/// Laid out anew, and written in the other language and back, a file says what it said.
fn judge_printed(case: &Case) -> Result<(), Failed> {
    let bytes = case.input.bytes();
    let source = Source::new(&bytes);
    let before = hcl::read(&source, Dialect::default());
    let formatted = config_entry::format(&source);
    let Ok(before) = before else {
        // A list of entries is none of Consul's files, but one of termgate's.
        let list = bytes.trim_ascii_start().starts_with(b"[");
        return if formatted.is_err() || list { Ok(()) } else { Err("laid out what cannot be read".into()) };
    };
    let formatted = match formatted {
        Ok(formatted) => formatted,
        Err(_) if before.unfinished.is_some() => return Ok(()),
        Err(refusal) => return Err(format!("not laid out: {refusal:?}").into()),
    };
    let after = hcl::read(&Source::new(&formatted), Dialect::default());
    let after = after.map_err(|error| format!("{error:?} in {}", String::from_utf8_lossy(&formatted)))?;
    if object(&before.root) != object(&after.root) {
        return Err(format!("another value: {}", String::from_utf8_lossy(&formatted)).into());
    }
    if config_entry::format(&Source::new(&formatted)).ok().as_ref() != Some(&formatted) {
        return Err(format!("laid out anew again: {}", String::from_utf8_lossy(&formatted)).into());
    }
    translated_there_and_back(case, &source)
}

fn translated_there_and_back(case: &Case, source: &Source<'_>) -> Result<(), Failed> {
    let (there, back) = match Language::of(source.bytes()) {
        Language::Hcl => (Language::Json, Language::Hcl),
        Language::Json => (Language::Hcl, Language::Json),
    };
    let translated = match config_entry::translate(source, there) {
        Ok(translated) => translated,
        Err(_) if INEXPRESSIBLE.contains(&case.id.as_str()) => return Ok(()),
        Err(refusal) => return Err(format!("not translated: {refusal:?}").into()),
    };
    let text = String::from_utf8_lossy(&translated).into_owned();
    let again = config_entry::translate(&Source::new(&translated), back)
        .map_err(|refusal| format!("not translated back: {refusal:?}: {text}"))?;
    for version in VERSIONS {
        let version: ConsulVersion = version.parse().expect("a version");
        let sent = |source: &Source<'_>| {
            let body = config_entry::read(source, &version).ok()?.request_body();
            Some(serde_json::from_slice::<Json>(&body).expect("JSON"))
        };
        let before = sent(source);
        for (text, what) in [(&translated, "translated"), (&again, "translated back")] {
            let after = sent(&Source::new(text));
            if !before.iter().zip(&after).all(|(before, after)| same(before, after))
                || before.is_some() != after.is_some()
            {
                let text = String::from_utf8_lossy(text);
                return Err(format!("{version}: {before:?} became {after:?} when {what}: {text}").into());
            }
        }
    }
    Ok(())
}

fn object(object: &Object) -> Json {
    object.entries.iter().map(|entry| (entry.key.clone(), value(&entry.node.value))).collect()
}

fn value(tree: &Value) -> Json {
    match tree {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::from(*value),
        Value::Integer(number) => Json::from(*number),
        Value::Float(number) => Json::from(*number),
        Value::String(text) => Json::from(text.text.clone()),
        Value::List(list) => list.items.iter().map(|item| value(&item.value)).collect(),
        Value::Object(members) => object(members),
    }
}

/// Equality, with room for the last digit of a float that the fixture's reader may get wrong.
fn same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| same(left, right)))
        }
        (Json::Number(left), Json::Number(right)) if left.is_f64() && right.is_f64() => left
            .as_f64()
            .zip(right.as_f64())
            .is_some_and(|(left, right)| (left - right).abs() <= left.abs() * 1e-15),
        _ => left == right,
    }
}

fn judge(case: &Case, version: &str) -> Result<(), Failed> {
    let bytes = case.input.bytes();
    let source = Source::new(&bytes);
    let verdict = case.verdict(version);
    let version: ConsulVersion = version.parse().expect("a version");
    match config_entry::read(&source, &version) {
        Ok(entry) => judge_entry(case, &verdict, &entry, &source),
        Err(refusal) => {
            if matches!(verdict.stage, Stage::Accepted | Stage::Server) {
                return Err(format!("refused: {refusal:?}").into());
            }
            presentable(&source, refusal.findings.clone())?;
            let own_limit = refusal.findings.iter().any(|found| found.finding.code == Code::TooDeep);
            if verdict.stage == Stage::Crash || (own_limit && case.id.starts_with("depth-")) {
                return Ok(());
            }
            let printed = format!("{}\n", refusal.consul.unwrap_or_default());
            let same = |expected: &Expected| {
                expected.is(&printed) || (verdict.unordered && expected.has_the_lines_of(&printed))
            };
            if verdict.stderr.iter().any(same) {
                return Ok(());
            }
            let expected: Vec<&str> = verdict.stderr.iter().map(Expected::show).collect();
            Err(format!("expected {expected:?}, got {printed:?}").into())
        }
    }
}

fn judge_entry(
    case: &Case,
    verdict: &Verdict,
    entry: &ConfigEntry,
    source: &Source<'_>,
) -> Result<(), Failed> {
    let body = String::from_utf8(entry.request_body())?;
    match &verdict.body {
        Some(Expected::Text(recorded)) if differences::meant(recorded) == body => {}
        Some(expected) if expected.is(&body) => {}
        Some(expected) => return Err(format!("expected {:?}, got {body}", expected.show()).into()),
        None => return Err(format!("accepted: {body}").into()),
    }
    let findings = config_entry::validate(entry);
    presentable(source, findings.clone())?;
    let errors: Vec<&Located> = findings.iter().filter(|found| found.finding.is_failure()).collect();
    match &verdict.answer {
        None if errors.is_empty() => Ok(()),
        None => Err(format!("unexpected errors: {errors:?}").into()),
        Some(_) if NEEDS_OTHER_ENTRIES.contains(&case.id.as_str()) => Ok(()),
        Some(answer) => {
            let said = |error: &&Located| error.consul.as_ref().is_some_and(|consul| answer.contains(consul));
            if errors.iter().any(said) {
                return Ok(());
            }
            Err(format!("expected {answer:?}, got {errors:?}").into())
        }
    }
}

/// Findings can be placed and shown, whatever the text.
fn presentable(source: &Source<'_>, mut findings: Vec<Located>) -> Result<(), Failed> {
    config_entry::locate("entry.hcl", source, &mut findings);
    let shown = config_entry::render("entry.hcl", source, &findings, false);
    match findings.iter().take(50).find(|found| !shown.contains(found.finding.code.as_str())) {
        None => Ok(()),
        Some(found) => Err(format!("{} is missing in {shown}", found.finding.code).into()),
    }
}

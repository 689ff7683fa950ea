//! Findings as continuous integration shows them beside the lines they are about: GitHub's workflow commands and SARIF.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{visible, visible_lines};
use crate::finding::{Code, Finding, Severity};

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation<'report> {
    /// The file, as it was named; none for standard input.
    pub path: Option<&'report Path>,
    /// What was found.
    pub finding: &'report Finding,
    /// Whether its subject says where, if no file does.
    pub is_of_subject: bool,
}

impl<'report> Annotation<'report> {
    /// A finding about a file.
    pub fn of_file(path: Option<&'report Path>, finding: &'report Finding) -> Self {
        Self { path, finding, is_of_subject: false }
    }

    /// A finding about its subject, such as a service, unless it has a place in a file.
    pub fn of_subject(finding: &'report Finding) -> Self {
        let path = finding.place.as_ref().map(|place| Path::new(&place.path));
        Self { path, finding, is_of_subject: true }
    }

    fn text(&self, between: &str) -> String {
        match &*self.finding.help {
            "" => self.finding.message.clone(),
            help => format!("{}{between}{help}", self.finding.message),
        }
    }
}

/// Workflow commands, a line each: `::error file=…,line=…,col=…,title=…::…`.
///
/// Paths are relative to `directory`, which is the repository in a workflow.
pub fn github(annotations: &[Annotation<'_>], directory: &Path) -> String {
    let mut output = String::new();
    for annotation in annotations {
        let mut properties = Vec::new();
        if let Some(path) = annotation.path {
            let path = relative(path, directory).display().to_string();
            properties.push(format!("file={}", property(&visible(&path))));
        }
        if let Some(place) = &annotation.finding.place {
            properties.push(format!("line={}", place.line));
            properties.push(format!("col={}", place.column));
        }
        properties.push(format!("title={}", property(annotation.finding.code.as_str())));
        let level = match annotation.finding.severity {
            Severity::Failure => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let message = data(&visible_lines(&annotation.text("\n")));
        for part in ["::", level, " ", &properties.join(","), "::", &message, "\n"] {
            output.push_str(part);
        }
    }
    output
}

/// What would end a command, escaped.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What would end a property, escaped.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A SARIF 2.1.0 log of one run, with a rule for each code that occurs.
pub fn sarif(annotations: &[Annotation<'_>], directory: &Path) -> Value {
    let mut codes: Vec<Code> = annotations.iter().map(|annotation| annotation.finding.code).collect();
    codes.sort_unstable_by_key(|code| code.as_str());
    codes.dedup();
    let rule = |code: &Code| {
        json!({
            "id": code,
            "shortDescription": {"text": code.meaning()},
            "fullDescription": {"text": format!("{} This matters: {}.", code.meaning(), code.why())},
            "help": {"text": code.fix()},
        })
    };
    let result = |annotation: &Annotation<'_>| {
        let Finding { code, severity, place, .. } = annotation.finding;
        let level = match severity {
            Severity::Failure => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        };
        let mut result = json!({
            "ruleId": code,
            "ruleIndex": codes.iter().position(|other| other == code).unwrap_or_default(),
            "level": level,
            "message": {"text": annotation.text(". ")},
        });
        if let Some(path) = annotation.path {
            let mut location = json!({"artifactLocation": {"uri": uri(&relative(path, directory))}});
            if let Some(place) = place {
                location["region"] = json!({"startLine": place.line, "startColumn": place.column});
            }
            result["locations"] = json!([{"physicalLocation": location}]);
        } else if annotation.is_of_subject && !annotation.finding.subject.is_empty() {
            let location = json!({"name": annotation.finding.subject, "kind": "resource"});
            result["locations"] = json!([{"logicalLocations": [location]}]);
        }
        result
    };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "termgate",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": annotations.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

/// A path from the directory on, without a leading `./`; as it is if it lies elsewhere.
fn relative(path: &Path, directory: &Path) -> PathBuf {
    let path = path.strip_prefix(directory).unwrap_or(path);
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

/// A path as a URI: relative if the path is.
fn uri(path: &Path) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt as _;

    let mut uri = if path.is_absolute() { "file://".to_owned() } else { String::new() };
    for &byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            // Writing to a String never fails.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Place;

    fn findings() -> Vec<Finding> {
        let place = Place { path: String::new(), line: 3, column: 5 };
        let first = Finding::new(Code::UnknownKey, "gw", "100% wrong").help("did you mean\n`CAFile`?");
        let first = Finding { place: Some(place), ..first };
        let other = Finding { help: String::new(), ..Finding::new(Code::NoServices, "gw", "100% wrong") };
        vec![first.clone(), other.clone(), first, other.severity(Severity::Info)]
    }

    fn annotations(findings: &[Finding]) -> Vec<Annotation<'_>> {
        let paths = ["./a dir/gate,way:1.hcl", "/srv/other/é.json", "/srv/repo/b.hcl"].map(Path::new);
        let paths = paths.into_iter().map(Some).chain([None]);
        paths.zip(findings).map(|(path, finding)| Annotation::of_file(path, finding)).collect()
    }

    #[test]
    fn workflow_commands_are_escaped() {
        assert_eq!(
            github(&annotations(&findings()), Path::new("/srv/repo")),
            "::error file=a dir/gate%2Cway%3A1.hcl,line=3,col=5,title=unknown-key::100%25 wrong%0Adid you mean%0A`CAFile`?\n\
             ::warning file=/srv/other/é.json,title=no-services::100%25 wrong\n\
             ::error file=b.hcl,line=3,col=5,title=unknown-key::100%25 wrong%0Adid you mean%0A`CAFile`?\n\
             ::notice title=no-services::100%25 wrong\n"
        );
    }

    #[test]
    fn a_log_has_its_rules_and_relative_places() {
        let log = sarif(&annotations(&findings()), Path::new("/srv/repo"));
        let run = &log["runs"][0];
        let rule = |index: usize, pointer: &str| &run["tool"]["driver"]["rules"][index][pointer];
        assert_eq!([rule(0, "id"), rule(1, "id")], ["no-services", "unknown-key"]);
        assert_eq!(rule(0, "shortDescription")["text"], Code::NoServices.meaning());
        assert_eq!(rule(1, "help")["text"], Code::UnknownKey.fix());
        assert_eq!(run["results"][3]["level"], "note");
        assert_eq!(
            run["results"][0],
            json!({
                "ruleId": "unknown-key",
                "ruleIndex": 1,
                "level": "error",
                "message": {"text": "100% wrong. did you mean\n`CAFile`?"},
                "locations": [{"physicalLocation": {
                    "artifactLocation": {"uri": "a%20dir/gate%2Cway%3A1.hcl"},
                    "region": {"startLine": 3, "startColumn": 5},
                }}],
            })
        );
        let place = |index: usize| {
            &run["results"][index]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        };
        assert_eq!(place(1), "file:///srv/other/%C3%A9.json");
        assert_eq!(place(2), "b.hcl");
        assert!(run["results"][3].get("locations").is_none());
    }

    #[test]
    fn a_finding_without_a_file_is_located_by_its_subject_and_one_with_a_place_by_its_file() {
        let place = Place { path: "allow.hcl".to_owned(), line: 3, column: 7 };
        let rule = Finding { place: Some(place), ..Finding::new(Code::UnusedRule, "billing", "unused") };
        let way = Finding::new(Code::WayNotAllowed, "web", "not allowed");
        let log = sarif(&[Annotation::of_subject(&rule), Annotation::of_subject(&way)], Path::new("/"));
        let location = |index: usize| &log["runs"][0]["results"][index]["locations"][0];
        assert_eq!(location(0)["physicalLocation"]["region"]["startLine"], 3);
        assert_eq!(location(0)["physicalLocation"]["artifactLocation"]["uri"], "allow.hcl");
        assert_eq!(location(1)["logicalLocations"][0]["name"], "web");
    }
}

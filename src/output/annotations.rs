//! Findings as continuous integration shows them beside the lines they are about: GitHub's workflow commands and SARIF.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{visible, visible_lines};
use crate::config_entry::{Severity, meaning};

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation<'report> {
    /// The file, as it was named; none for standard input.
    pub path: Option<&'report Path>,
    /// How bad it is.
    pub severity: Severity,
    /// Its stable name.
    pub code: &'static str,
    /// What it is.
    pub message: &'report str,
    /// What to do.
    pub help: Option<&'report str>,
    /// Line, from 1.
    pub line: Option<usize>,
    /// Column in characters, from 1.
    pub column: Option<usize>,
}

impl Annotation<'_> {
    fn level(&self) -> &'static str {
        match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }

    fn text(&self, between: &str) -> String {
        match self.help {
            Some(help) => format!("{}{between}{help}", self.message),
            None => self.message.to_owned(),
        }
    }
}

/// Workflow commands, a line each: `::error file=…,line=…,col=…,title=…::…`.
///
/// Paths are told from `directory` on, which is the repository in a workflow.
pub fn github(annotations: &[Annotation<'_>], directory: &Path) -> String {
    let mut output = String::new();
    for annotation in annotations {
        let mut properties = Vec::new();
        if let Some(path) = annotation.path {
            let path = relative(path, directory).display().to_string();
            properties.push(format!("file={}", property(&visible(&path))));
        }
        properties.extend(annotation.line.map(|line| format!("line={line}")));
        properties.extend(annotation.column.map(|column| format!("col={column}")));
        properties.push(format!("title={}", property(annotation.code)));
        let message = data(&visible_lines(&annotation.text("\n")));
        for part in ["::", annotation.level(), " ", &properties.join(","), "::", &message, "\n"] {
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
    let mut codes: Vec<&str> = annotations.iter().map(|annotation| annotation.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rule = |code: &&str| {
        let text = meaning(code).unwrap_or(code);
        json!({"id": code, "shortDescription": {"text": text}})
    };
    let result = |annotation: &Annotation<'_>| {
        let mut result = json!({
            "ruleId": annotation.code,
            "ruleIndex": codes.binary_search(&annotation.code).unwrap_or_default(),
            "level": annotation.level(),
            "message": {"text": annotation.text(". ")},
        });
        if let Some(path) = annotation.path {
            let mut location = json!({"artifactLocation": {"uri": uri(&relative(path, directory))}});
            if let Some(line) = annotation.line {
                location["region"] =
                    json!({"startLine": line, "startColumn": annotation.column.unwrap_or(1)});
            }
            result["locations"] = json!([{"physicalLocation": location}]);
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

    fn annotations() -> Vec<Annotation<'static>> {
        let first = Annotation {
            path: Some(Path::new("./a dir/gate,way:1.hcl")),
            severity: Severity::Error,
            code: "unknown-key",
            message: "100% wrong",
            help: Some("did you mean\n`CAFile`?"),
            line: Some(3),
            column: Some(5),
        };
        let elsewhere = Annotation {
            path: Some(Path::new("/srv/other/é.json")),
            severity: Severity::Warning,
            code: "no-services",
            help: None,
            line: None,
            column: None,
            ..first.clone()
        };
        let inside = Annotation { path: Some(Path::new("/srv/repo/b.hcl")), ..first.clone() };
        let stdin = Annotation { path: None, ..elsewhere.clone() };
        vec![first, elsewhere, inside, stdin]
    }

    #[test]
    fn workflow_commands_are_escaped() {
        assert_eq!(
            github(&annotations(), Path::new("/srv/repo")),
            "::error file=a dir/gate%2Cway%3A1.hcl,line=3,col=5,title=unknown-key::100%25 wrong%0Adid you mean%0A`CAFile`?\n\
             ::warning file=/srv/other/é.json,title=no-services::100%25 wrong\n\
             ::error file=b.hcl,line=3,col=5,title=unknown-key::100%25 wrong%0Adid you mean%0A`CAFile`?\n\
             ::warning title=no-services::100%25 wrong\n"
        );
    }

    #[test]
    fn a_log_has_its_rules_and_relative_places() {
        let log = sarif(&annotations(), Path::new("/srv/repo"));
        let run = &log["runs"][0];
        assert_eq!(
            run["tool"]["driver"]["rules"],
            json!([
                {"id": "no-services", "shortDescription": {"text": "The gateway serves nothing"}},
                {"id": "unknown-key", "shortDescription": {"text": "Consul does not know this key"}},
            ])
        );
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
}

//! What Consul accepts silently although it is hardly intended. Every trap has a stable code.

use std::fmt;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

use super::ConfigEntry;
use super::located::{self, Located};
use super::model::{LinkedService, TerminatingGateway, Text};
use super::request::Json;
use crate::finding::Code;
use crate::go::strconv::quote;
use crate::go::text::equal_fold;
use crate::hcl::{Document, Entry, Language, Object, Value};
use crate::names;
use crate::tls_files::SYSTEM_CA;

/// Traps in how a file is written, which its value does not show.
pub(super) fn of_document(document: &Document) -> Vec<Located> {
    let mut findings = Vec::new();
    if let Some(span) = document.unfinished {
        findings.push(
            Located::new(Code::MissingValue, "the file ends after this `=`; Consul drops the key")
                .at(span)
                .help("the file may have been cut off: complete or remove the key"),
        );
    }
    repeated_keys(&document.root, document.language, true, &mut findings);
    let mut kinds = document.root.entries.iter().filter(|entry| equal_fold(&entry.key, "Kind"));
    if let (Some(first), Some(second)) = (kinds.next(), kinds.next()) {
        findings.push(
            Located::new(
                Code::AmbiguousSpelling,
                format!("`Kind` is given in two spellings, `{}` and `{}`", first.key, second.key),
            )
            .at(second.key_span())
            .help(
                "`Kind` counts, then `kind`, and the others are ignored; are these two entries in one file?",
            ),
        );
    }
    findings
}

/// TLS fields for which an empty text means the same as none at all.
const TLS_FIELDS: [&str; 7] = ["CAFile", "ca_file", "CertFile", "cert_file", "KeyFile", "key_file", "SNI"];

fn empty_value(entry: &Entry) -> Option<Located> {
    let Value::String(text) = &entry.node.value else { return None };
    if !text.text.is_empty() || !TLS_FIELDS.iter().any(|field| equal_fold(field, &entry.key)) {
        return None;
    }
    let finding =
        Located::new(Code::EmptyValue, format!("`{}` is empty, which is as if it were not given", entry.key));
    Some(finding.at(entry.node.span).help("remove it, or find out why it is empty: is a variable unset?"))
}

fn repeated_keys(object: &Object, language: Language, top_level: bool, findings: &mut Vec<Located>) {
    for entry in &object.entries {
        if entry.key_spans.len() > 1
            && let Some(finding) = repeated_key(entry, language, top_level)
        {
            findings.push(finding.at(entry.key_span()));
        }
        if !top_level {
            findings.extend(empty_value(entry));
        }
        match &entry.node.value {
            Value::Object(object) => repeated_keys(object, language, false, findings),
            Value::List(list) => {
                for item in &list.items {
                    if let Value::Object(object) = &item.value {
                        repeated_keys(object, language, false, findings);
                    }
                }
            }
            _ => {}
        }
    }
}

fn repeated_key(entry: &Entry, language: Language, top_level: bool) -> Option<Located> {
    let key = &entry.key;
    let times = entry.key_spans.len();
    let is_list = matches!(entry.node.value, Value::List(_));
    if top_level && equal_fold(key, "Kind") {
        return Some(
            Located::new(Code::MergedEntries, format!("`{key}` is given {times} times: several entries in one file"))
                .help("Consul merges them into one, with the last `Name` and the `Services` of all: use one file for each"),
        );
    }
    match (language, is_list) {
        // Several blocks are the usual way to write a list.
        (Language::Hcl, true) => match &entry.node.value {
            Value::List(list) if !list.of_blocks => Some(
                Located::new(Code::RepeatedList, format!("`{key}` is given {times} times; the lists add up"))
                    .help("write it once"),
            ),
            _ => None,
        },
        _ => Some(
            Located::new(
                Code::RepeatedKey,
                format!("`{key}` is given {times} times; only the last one counts"),
            )
            .help("write it once"),
        ),
    }
}

/// Traps of any entry.
pub(super) fn of_entry(entry: &ConfigEntry, findings: &mut Vec<Located>) {
    for name in ["CreateIndex", "ModifyIndex"] {
        if let Some(field) = entry.body().get(name)
            && matches!(field.json, Json::Uint(1..))
        {
            findings.push(
                Located::new(
                    Code::IgnoredIndex,
                    format!("Consul ignores `{name}` in a file: no check-and-set happens"),
                )
                .at(field.span)
                .help("remove it, and use `-cas -modify-index`"),
            );
        }
    }
    if let Some(field) = entry.body().get("AllowEnablingPermissiveMutualTLS")
        && field.json == Json::Bool(true)
    {
        findings.push(
            Located::new(
                Code::PermissiveMutualTls,
                "AllowEnablingPermissiveMutualTLS=true allows insecure MutualTLSMode=permissive configurations",
            )
            .at(field.span)
            .help("set it to false when no service needs it any more"),
        );
    }
    let name = entry.body().get("Name");
    let text = Text { value: entry.name().to_owned(), span: name.and_then(|field| field.span) };
    if unaddressable(&text.value) {
        findings.push(
            Located::new(
                Code::UnaddressableName,
                format!("an entry named {} can hardly be read or deleted again", quote(&text.value)),
            )
            .at(text.span)
            .help("Consul puts the name into a URL as it is: use letters, digits and dashes"),
        );
    }
    // Of other kinds only the name is looked at.
    plain_name("the name", &text, findings);
}

/// A text as [`quote`] writes it, if it comes to that.
struct Quoted<'text>(&'text str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&quote(self.0))
    }
}

/// Whether a name changes, or is refused, on its way through a URL.
pub(super) fn unaddressable(name: &str) -> bool {
    !name.is_empty() && names::flaw(name).is_some()
}

/// Traps of a terminating gateway.
pub(super) fn of_gateway(gateway: &TerminatingGateway, findings: &mut Vec<Located>) {
    if gateway.services.is_empty() {
        findings.push(
            Located::new(Code::NoServices, "this gateway links no service: `Services` is missing or empty")
                .at(gateway.name.span)
                .help("add `Services = [ { Name = \"…\" } ]`"),
        );
    }
    let wildcard = gateway.services.iter().find(|service| service.name.value == "*");
    for service in &gateway.services {
        let first = findings.len();
        service_name(gateway, service, findings);
        for (field, text) in [
            ("`CAFile`", &service.ca_file),
            ("`CertFile`", &service.cert_file),
            ("`KeyFile`", &service.key_file),
        ] {
            // Not a path in direct mode: the platform's CAs.
            if field != "`CAFile`" || text.value != SYSTEM_CA {
                path(field, text, findings);
            }
        }
        tls(service, wildcard, findings);
        located::about(&service.name.value, findings, first);
    }
    for (earlier, service) in gateway.equal_but_for_case() {
        findings.push(
            Located::new(
                Code::SameButForCase,
                format!(
                    "{} and {} differ in case only",
                    quote(&earlier.name.value),
                    quote(&service.name.value)
                ),
            )
            .at(service.name.span)
            .about(&service.name.value)
            .help("Consul compares linked services without case, and the last one wins: keep one"),
        );
    }
}

fn service_name(gateway: &TerminatingGateway, service: &LinkedService, findings: &mut Vec<Located>) {
    let name = &service.name;
    plain_name("the name of this service", name, findings);
    if name.value != "*" && name.value.contains('*') {
        findings.push(
            Located::new(
                Code::PartialWildcard,
                format!("{} matches no service: only `*` alone is a wildcard", quote(&name.value)),
            )
            .at(name.span)
            .help("write `*`, or the full name of a service"),
        );
    }
    if !name.is_empty() && name.value.eq_ignore_ascii_case(&gateway.name.value) {
        findings.push(
            Located::new(Code::LinksItself, "the gateway is linked to itself")
                .at(name.span)
                .help("remove this service"),
        );
    }
    if name.value == "consul" {
        findings.push(
            Located::new(Code::LinksConsul, "`consul` is the service of the Consul servers themselves")
                .at(name.span)
                .help("remove this service unless clients in the mesh should reach the servers through the gateway"),
        );
    }
}

fn tls(service: &LinkedService, wildcard: Option<&LinkedService>, findings: &mut Vec<Located>) {
    let name = Quoted(&service.name.value);
    let sni = &service.sni;
    text("`SNI`", sni, findings);
    if !sni.is_empty() && sni.value.trim().is_empty() {
        findings
            .push(Located::new(Code::BlankValue, "`SNI` is only white space").at(sni.span).help("remove it"));
    }
    if !sni.is_empty() && service.ca_file.is_empty() {
        findings.push(
            Located::new(
                Code::SniWithoutCa,
                format!("{name} has an SNI but no CAFile: the gateway speaks plain TCP"),
            )
            .at(sni.span)
            .help("add `CAFile` to speak TLS, or remove `SNI`"),
        );
    }
    if service.originates_tls() && sni.is_empty() {
        findings.push(
            Located::new(
                Code::TlsWithoutSni,
                format!("{name} has no SNI: the name in its certificate is not checked"),
            )
            .at(service.ca_file.span)
            .help("add `SNI` with the host name in the certificate of the service"),
        );
    }
    if service.name.value == "*" && !sni.is_empty() {
        findings.push(
            Located::new(Code::WildcardSni, "this SNI is sent to every service the wildcard stands for")
                .at(sni.span)
                .help("list the services that need an SNI one by one"),
        );
    }
    if service.name.value != "*"
        && !service.originates_tls()
        && let Some(wildcard) = wildcard
        && wildcard.originates_tls()
    {
        findings.push(
            Located::new(
                Code::WildcardTlsNotInherited,
                format!("{name} is reached without TLS: it inherits nothing from `*`"),
            )
            .at(service.name.span)
            .help("repeat the TLS fields here, or remove this service"),
        );
    }
    if !service.cert_file.is_empty() && service.cert_file.value == service.key_file.value {
        findings.push(
            Located::new(Code::SameCertAndKey, "CertFile and KeyFile are the same file")
                .at(service.key_file.span)
                .help("make sure the file holds both, and that only the gateway can read it"),
        );
    }
    if looks_like_a_key(&service.cert_file.value) && looks_like_a_certificate(&service.key_file.value) {
        findings.push(
            Located::new(Code::SwappedCertAndKey, "CertFile and KeyFile seem to be swapped")
                .at(service.cert_file.span),
        );
    }
}

fn file_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase()
}

fn looks_like_a_key(path: &str) -> bool {
    let name = file_name(path);
    name.contains("key") && !looks_like_a_certificate(path)
}

fn looks_like_a_certificate(path: &str) -> bool {
    let name = file_name(path);
    name.contains("cert") || name.contains(".crt")
}

fn path(what: &str, path: &Text, findings: &mut Vec<Located>) {
    let value = &path.value;
    if value.is_empty() {
        return;
    }
    if value.contains("-----BEGIN") {
        findings.push(
            Located::new(Code::InlinePem, format!("{what} is a path, but this is the content of a file"))
                .at(path.span)
                .help("write the file on the gateway's host, and its path here"),
        );
        return;
    }
    if value.trim().is_empty() {
        findings.push(
            Located::new(
                Code::BlankValue,
                format!("{what} is only white space, and Consul takes it for a path"),
            )
            .at(path.span)
            .help("remove it"),
        );
        return;
    }
    text(what, path, findings);
    let expanded_later = value.starts_with('~') || has_template(value);
    if value.starts_with('~') {
        findings.push(
            Located::new(Code::UnexpandedTemplate, format!("`~` in {what} stays as it is"))
                .at(path.span)
                .help("write the full path"),
        );
    }
    let converted = matches!(value.as_str(), "0" | "1");
    let windows = value.as_bytes().get(1) == Some(&b':');
    if !expanded_later && !converted && !value.starts_with(['/', '\\']) && !windows {
        findings.push(
            Located::new(Code::RelativePath, format!("{what} is relative to wherever Envoy is started"))
                .at(path.span)
                .help("write the full path"),
        );
    }
}

/// Traps of a name: those of any text, and spaces around it.
fn plain_name(what: &str, name: &Text, findings: &mut Vec<Located>) {
    text(what, name, findings);
    let trimmed = name.value.trim();
    if trimmed != name.value && name.value.trim_end_matches('\n') != trimmed {
        findings.push(
            Located::new(
                Code::PaddedName,
                format!("{} has spaces around it, which belong to the name", quote(&name.value)),
            )
            .at(name.span)
            .help(format!("write {}", quote(trimmed))),
        );
    }
    if !name.value.is_ascii()
        && name
            .value
            .chars()
            .any(|character| character.general_category_group() == GeneralCategoryGroup::Mark)
    {
        findings.push(
            Located::new(
                Code::CombiningCharacter,
                format!("{} has a combining character", quote(&name.value)),
            )
            .at(name.span)
            .help("to Consul it is another name than the one with the composed letter: use the composed one"),
        );
    }
}

/// Traps of any text that is a name or a path.
fn text(what: &str, text: &Text, findings: &mut Vec<Located>) {
    if text.is_empty() {
        return;
    }
    let (body, line_ends) = match text.value.strip_suffix('\n') {
        Some(body) => (body, true),
        None => (text.value.as_str(), false),
    };
    if line_ends {
        findings.push(
            Located::new(Code::TrailingLineEnd, format!("a line end at the end of {what} belongs to it"))
                .at(text.span)
                .help("a heredoc keeps its last line end: write the text in double quotes"),
        );
    }
    if body.chars().any(char::is_control) {
        findings.push(
            Located::new(Code::ControlCharacter, format!("{what} holds control characters: {}", quote(body)))
                .at(text.span)
                .help(
                    "a backslash begins an escape: write `\\\\`, also in Windows paths; `/` works there too",
                ),
        );
    }
    if has_template(body) {
        findings.push(
            Located::new(Code::UnexpandedTemplate, format!("nothing expands the template in {what}"))
                .at(text.span)
                .help("Consul stores it as it is: expand it before, for example with envsubst"),
        );
    }
}

/// `${…}`, `$VAR`, `$(…)`, `{{ … }}` or `%{…}`.
fn has_template(text: &str) -> bool {
    text.chars().zip(text.chars().skip(1)).any(|(character, next)| {
        matches!(
            (character, next),
            ('$', '{' | '(' | '_' | 'a'..='z' | 'A'..='Z') | ('{' | '%', '{')
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::config_entry::{read, validate};
    use crate::consul_version::ConsulVersion;
    use crate::finding::Severity;
    use crate::hcl::Source;

    /// The codes of all warnings of an entry, sorted, each once.
    fn codes(text: &str) -> Vec<&'static str> {
        let entry = read(&Source::new(text.as_bytes()), &ConsulVersion::NEWEST_KNOWN).unwrap();
        let findings = validate(&entry);
        assert!(findings.iter().all(|found| found.finding.severity == Severity::Warning), "{findings:?}");
        let mut codes: Vec<&str> = findings.iter().map(|found| found.finding.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    fn gateway(name: &str, services: &str) -> String {
        format!("Kind = \"terminating-gateway\"\nName = {name}\nServices = [ {services} ]\n")
    }

    #[test]
    fn a_plain_entry_has_no_traps() {
        let plain = "{ Name = \"billing\" CAFile = \"/etc/ca.pem\" SNI = \"billing.example\" }, { Name = \"ledger\" }";
        assert!(codes(&gateway("\"gw\"", plain)).is_empty());
        let blocks = "Kind = \"terminating-gateway\"\nName = \"gw\"\nServices { Name = \"a\" }\nServices { Name = \"b\" }\n";
        assert!(codes(blocks).is_empty());
    }

    #[test]
    fn traps_of_names_have_their_codes() {
        for (name, code) in [
            ("\"g w \"", "padded-name"),
            ("<<E\ngw\nE\n", "trailing-line-end"),
            ("\"${name}\"", "unexpanded-template"),
            ("\"{{ name }}\"", "unexpanded-template"),
            ("\"$NAME\"", "unexpanded-template"),
            ("010", "converted-value"),
            ("false", "converted-value"),
            ("\"a//b\"", "unaddressable-name"),
            ("\"..\"", "unaddressable-name"),
            ("\"g\\u00a0w\"", "unaddressable-name"),
            ("\"a\\nb\"", "control-character"),
            ("\"e\\u0301\"", "combining-character"),
        ] {
            assert!(codes(&gateway(name, "{ Name = \"a\" }")).contains(&code), "{name}");
        }
    }

    #[test]
    fn traps_of_services_have_their_codes() {
        for (services, code) in [
            ("", "no-services"),
            ("{ Name = \"bill*\" }", "partial-wildcard"),
            ("{ Name = \"gw\" }", "links-itself"),
            ("{ Name = \"consul\" }", "links-consul"),
            ("{ Name = \"Web\" }, { Name = \"web\" }", "same-but-for-case"),
            ("{ Name = \"a\" SNI = \"a.example\" }", "sni-without-ca"),
            ("{ Name = \"a\" SNI = \" \" }", "blank-value"),
            ("{ Name = \"a\" CAFile = \" \" }", "blank-value"),
            ("{ Name = \"a\" CAFile = \"/ca\" }", "tls-without-sni"),
            ("{ Name = \"*\" CAFile = \"/ca\" SNI = \"a\" }", "wildcard-sni"),
            ("{ Name = \"*\" CAFile = \"/ca\" }, { Name = \"a\" }", "wildcard-tls-not-inherited"),
            ("{ Name = \"a\" CAFile = \"/a\" CertFile = \"/b\" KeyFile = \"/b\" }", "same-cert-and-key"),
            (
                "{ Name = \"a\" CAFile = \"/a\" CertFile = \"/k/key.pem\" KeyFile = \"/k/cert.pem\" }",
                "swapped-cert-and-key",
            ),
            ("{ Name = \"a\" CAFile = \"ca.pem\" }", "relative-path"),
            ("{ Name = \"a\" CAFile = \"~/ca.pem\" }", "unexpanded-template"),
            ("{ Name = \"a\" CAFile = \"C:\\new\\tls.pem\" }", "control-character"),
            ("{ Name = \"a\" CAFile = \"-----BEGIN CERTIFICATE-----\" }", "inline-pem"),
            ("{ Name = \"a\" CAFile = true }", "converted-value"),
            ("{ Name = \"a\" ca_file = \"/1\" CA_File = \"/2\" }", "ambiguous-spelling"),
            ("{ Name = \"a\" Name = \"b\" }", "repeated-key"),
            ("{ Name = \"a\" ca_file = \"\" }", "empty-value"),
        ] {
            assert!(codes(&gateway("\"gw\"", services)).contains(&code), "{services}");
        }
    }

    #[test]
    fn traps_of_whole_files_have_their_codes() {
        let one = gateway("\"gw\"", "{ Name = \"a\" }");
        for (text, code) in [
            (one.clone() + &gateway("\"gw\"", "{ Name = \"b\" }"), "merged-entries"),
            (format!("{one}Services = [ {{ Name = \"b\" }} ]\n"), "repeated-list"),
            (format!("{one}kind = \"terminating-gateway\"\n"), "ambiguous-spelling"),
            (format!("{one}Meta ="), "missing-value"),
            (format!("{one}ModifyIndex = 7\n"), "ignored-index"),
            (
                "{\"Kind\":\"terminating-gateway\",\"Name\":\"a\",\"Services\":[],\"Services\":[]}"
                    .to_owned(),
                "repeated-key",
            ),
            (
                "Kind = \"mesh\"\nAllowEnablingPermissiveMutualTLS = true\n".to_owned(),
                "permissive-mutual-tls",
            ),
        ] {
            assert!(codes(&text).contains(&code), "{text}");
        }
    }
}

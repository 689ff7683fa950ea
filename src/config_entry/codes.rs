//! The codes of all findings, each with one sentence on what it means.

/// Code and meaning, sorted by code.
pub const CODES: &[(&str, &str)] = &[
    ("agent-setting", "A setting of an agent stands beside its config_entries and is not applied"),
    ("ambiguous-spelling", "A key is given in two spellings, of which one is ignored"),
    ("blank-value", "A path or an SNI is blank"),
    ("broken-certificate", "A PEM block of a certificate file is no certificate"),
    ("broken-key", "The PEM block of a key file is no private key"),
    ("broken-pem", "A PEM block is not written as BoringSSL, the TLS library of Envoy, reads it"),
    ("certificate-expired", "A certificate is not valid any more"),
    ("certificate-expires-soon", "A certificate is valid for less than 30 days"),
    (
        "certificate-hides-renewed",
        "An expired CA stands before its renewed twin, and only the first one counts",
    ),
    ("certificate-not-yet-valid", "A certificate is not valid yet"),
    ("combining-character", "A name holds a combining character and differs from its composed form"),
    ("control-character", "A name or path holds control characters, often from a single backslash"),
    ("converted-value", "A boolean or a number becomes a text"),
    ("crashes-consul", "Consul crashes on this value"),
    ("destination-address", "The destination's address is missing or malformed"),
    ("destination-port", "The destination's port is out of range"),
    ("duplicate-entry", "Two files hold the same entry; the one written last wins"),
    ("duplicate-service", "A service is linked twice"),
    ("empty-value", "A TLS field is an empty text, which is as if it were not given"),
    ("encrypted-key", "The private key is encrypted, and Envoy has no password for it"),
    ("enterprise-only", "Namespaces and partitions need Consul Enterprise"),
    ("file-missing", "A TLS file does not exist on this host"),
    ("file-not-pem", "A TLS file holds no PEM"),
    ("file-unreadable", "A TLS file cannot be read"),
    ("hcl-syntax", "The file is not HCL version 1"),
    ("ignored-index", "CreateIndex and ModifyIndex in a file are ignored"),
    ("incomplete-tls", "Mutual TLS needs CAFile, CertFile and KeyFile together"),
    ("inexpressible", "The other language has no form for this value"),
    ("inline-pem", "A path holds the content of a file"),
    ("intention-action", "An intention needs the action allow or deny, or permissions"),
    ("intention-sources", "An intention needs at least one source, each with a name"),
    ("json-syntax", "The file is not JSON"),
    ("key-mismatch", "The private key does not belong to the certificate"),
    ("key-of-another-kind", "The private key and the certificate use different algorithms"),
    ("key-readable-by-all", "Every user of the host may read the private key"),
    ("kind-not-a-text", "Kind is not a text"),
    ("links-consul", "The service of the Consul servers themselves is linked"),
    ("links-itself", "The gateway is linked to itself"),
    ("merged-entries", "Several entries in one HCL file melt into one"),
    ("meta-too-large", "Meta has too many pairs, or one of them is too long"),
    ("missing-kind", "The entry has no Kind"),
    ("missing-name", "The entry has no Name"),
    ("missing-service-name", "A linked service has no Name"),
    ("missing-value", "A key at the end of a cut-off file has no value and is dropped"),
    ("no-certificate", "A certificate file holds no certificate"),
    ("no-entries", "config_entries holds no entry"),
    ("no-owner-mark", "Entries of this kind have no Meta to keep the owner in"),
    ("no-private-key", "A key file holds no private key"),
    ("no-services", "The gateway serves nothing"),
    ("not-an-entry", "A list of entries holds something else"),
    ("other-owner", "Meta names another owner than --owner"),
    ("padded-name", "A name has blanks around it"),
    ("partial-wildcard", "A name with `*` among other characters matches nothing"),
    ("permissive-mutual-tls", "Insecure permissive mutual TLS is allowed"),
    ("proxy-defaults-name", "proxy-defaults has only one name, global"),
    ("refused-by-envoy", "Envoy would refuse a bootstrap with this value of Config"),
    ("relative-path", "A path is relative to wherever Envoy is started"),
    ("repeated-key", "A key is given more than once; the last one counts"),
    ("repeated-list", "A list is given more than once; the items add up"),
    ("same-but-for-case", "Two linked services differ in case only; the last one wins"),
    ("same-cert-and-key", "CertFile and KeyFile are the same file"),
    ("sni-without-ca", "An SNI without CAFile: the gateway speaks plain TCP"),
    ("swapped-cert-and-key", "CertFile and KeyFile seem to be swapped"),
    ("tls-without-sni", "No SNI: the name in the service's certificate is not checked"),
    ("too-deep", "Nested deeper than 128 levels"),
    ("trailing-line-end", "A heredoc's last line end belongs to the text"),
    ("unaddressable-name", "An entry of this name can hardly be read or deleted again"),
    ("unexpanded-template", "A template or variable is stored as it is"),
    ("unknown-key", "Consul does not know this key"),
    ("unknown-kind", "Consul does not know this kind"),
    ("unknown-protocol", "Consul does not know this protocol"),
    ("unreadable-file", "The entry file cannot be read"),
    ("unusable-certificate", "Envoy does not take a certificate with this key"),
    ("wildcard-sni", "One SNI is sent to every service of the wildcard"),
    ("wildcard-tls-not-inherited", "A service beside a TLS wildcard is reached without TLS"),
    ("wrong-type", "A value is of another type than its key needs"),
];

/// What a code means.
pub fn meaning(code: &str) -> Option<&'static str> {
    let place = CODES.binary_search_by(|(name, _)| (*name).cmp(code)).ok()?;
    CODES.get(place).map(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The codes that the sources under a folder give to findings.
    fn used(folder: &Path, codes: &mut BTreeSet<String>) {
        let given = regex_lite::Regex::new(
            r#"(?:Diagnostic::(?:error|warning)\(|Fault::new\(|self\.error\(|code: )\s*"([a-z0-9-]+)""#,
        )
        .unwrap();
        let chosen = regex_lite::Regex::new(r#"\("([a-z-]+)", message, "#).unwrap();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                used(&path, codes);
            } else if !path.ends_with("codes.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap();
                codes.extend(given.captures_iter(text).map(|found| found[1].to_owned()));
                codes.extend(chosen.captures_iter(text).map(|found| found[1].to_owned()));
            }
        }
    }

    #[test]
    fn every_code_has_a_meaning_and_is_documented() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut codes = BTreeSet::new();
        for folder in ["src/boringssl", "src/config_entry", "src/hcl", "src/commands/config"] {
            used(&root.join(folder), &mut codes);
        }
        let listed: BTreeSet<String> = CODES.iter().map(|(code, _)| (*code).to_owned()).collect();
        assert_eq!(codes, listed);
        assert!(CODES.is_sorted());
        let documentation = fs::read_to_string(root.join("docs/differences-config.md")).unwrap();
        let missing: Vec<_> =
            listed.iter().filter(|code| !documentation.contains(&format!("`{code}`"))).collect();
        assert!(missing.is_empty(), "docs/differences-config.md does not tell of {missing:?}");
    }
}

//! Configuration entries: any bytes are read, checked, written, laid out, translated and shown without a panic, and what
//! was written says what was read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use termgate::testing::config_entry::{self, ConfigEntry};
use termgate::testing::consul_version::ConsulVersion;
use termgate::testing::hcl::{Language, Source};

const VERSIONS: [ConsulVersion; 2] = [ConsulVersion::new(1, 8, 7), ConsulVersion::NEWEST_KNOWN];

/// What a write would send, if the bytes are an entry.
fn sent(bytes: &[u8], version: &ConsulVersion) -> Option<Vec<u8>> {
    config_entry::read(&Source::new(bytes), version).ok().as_ref().map(ConfigEntry::request_body)
}

fuzz_target!(|bytes: &[u8]| {
    let source = Source::new(bytes);
    for version in &VERSIONS {
        let mut findings = match config_entry::read(&source, version) {
            Ok(entry) => {
                let body = entry.request_body();
                // Whatever was sent can be read again.
                assert!(config_entry::read(&Source::new(&body), version).is_ok());
                config_entry::validate(&entry)
            }
            Err(refusal) => refusal.findings,
        };
        config_entry::locate("entry.hcl", &source, &mut findings);
        let _ = config_entry::render("entry.hcl", &source, &findings, false);
    }
    if let Ok(formatted) = config_entry::format(&source) {
        assert_eq!(config_entry::format(&Source::new(&formatted)).ok().as_ref(), Some(&formatted));
        for version in &VERSIONS {
            // The older release drops faulty items, which `fmt` refuses.
            assert_eq!(sent(bytes, version), sent(&formatted, version));
        }
    }
    for language in [Language::Hcl, Language::Json] {
        if let Ok(translated) = config_entry::translate(&source, language) {
            assert!(config_entry::format(&Source::new(&translated)).is_ok());
        }
    }
});

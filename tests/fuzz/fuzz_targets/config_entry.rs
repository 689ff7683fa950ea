//! Configuration entries: any bytes are read, checked, written and shown without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use termgate::config_entry;
use termgate::consul_version::ConsulVersion;
use termgate::hcl::Source;

fuzz_target!(|bytes: &[u8]| {
    let source = Source::new(bytes);
    for version in [ConsulVersion::new(1, 8, 7), ConsulVersion::NEWEST_KNOWN] {
        let mut findings = match config_entry::read(&source, &version) {
            Ok(entry) => {
                let body = entry.request_body();
                // Whatever was sent can be read again.
                assert!(config_entry::read(&Source::new(&body), &version).is_ok());
                config_entry::validate(&entry)
            }
            Err(refusal) => refusal.diagnostics,
        };
        config_entry::locate(&source, &mut findings);
        let _ = config_entry::render("entry.hcl", &source, &findings, false);
    }
});
